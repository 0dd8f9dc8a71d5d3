// SPDX-License-Identifier: Apache-2.0
#include "json/parse.h"

#include <pthread.h>
#include <stdlib.h>

// Since this thread's last json_memory_watch.
static _Thread_local bool ran_out;

static void *note_failure(size_t size)
{
    void *memory = malloc(size);

    if (!memory)
        ran_out = true;
    return memory;
}

static void set_allocators(void)
{
    json_set_alloc_funcs(note_failure, free);
}

void json_memory_watch(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, set_allocators);
    ran_out = false;
}

bool json_memory_ran_out(void)
{
    return ran_out;
}

json_t *json_parse(struct slice text, json_error_t *error, bool *no_memory)
{
    json_t *json;

    json_memory_watch();
    json = json_loadb(text.data ? text.data : "", text.size,
                      JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, error);
    *no_memory = ran_out;
    if (!ran_out)
        return json;
    json_decref(json); // it may lack what did not fit
    return NULL;
}
