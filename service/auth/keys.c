// SPDX-License-Identifier: Apache-2.0
#include "auth/keys.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "auth/proven.h"
#include "base/log.h"
#include "json/parse.h"

struct keys {
    atomic_int holds;
    struct proven *proven; // owned
    size_t count;
    struct public_key *keys[KEYS_MAX];
};

static int read_all(const json_t *list, struct keys *keys, struct err *err)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        int rc = public_key_read(json_array_get(list, i), &keys->keys[keys->count], err);

        if (rc == RETRY)
            return rc;
        if (rc)
            log_warn("auth", "a key of the key set is left out", LOG_INT("place", i),
                     LOG_TEXT("why", err->text));
        else
            keys->count++;
    }
    return DONE;
}

static struct keys *new_keys(void)
{
    struct keys *keys = calloc(1, sizeof *keys);

    if (!keys)
        return NULL;
    atomic_init(&keys->holds, 1);
    keys->proven = proven_new();
    if (keys->proven)
        return keys;
    free(keys);
    return NULL;
}

int keys_read(struct slice text, struct keys **out, struct err *err)
{
    json_error_t error;
    bool no_memory;
    json_t *root = json_parse(text, &error, &no_memory);
    const json_t *list = json_object_get(root, "keys");
    struct keys *keys = NULL;
    int rc;

    if (no_memory)
        return err_no_memory(err);
    if (!root) {
        rc = err_set(err, POISON, "KEY_SET_MALFORMED", "it is not JSON: line %d", error.line);
    } else if (!json_is_array(list) || json_array_size(list) > KEYS_MAX) {
        rc = err_set(err, POISON, "KEY_SET_MALFORMED",
                     "it has no member \"keys\" with an array of at most %d keys", KEYS_MAX);
    } else {
        keys = new_keys();
        rc = keys ? read_all(list, keys, err) : err_no_memory(err);
    }
    json_decref(root);
    if (rc)
        keys_let_go(keys);
    else
        *out = keys;
    return rc;
}

struct keys *keys_hold(struct keys *keys)
{
    atomic_fetch_add(&keys->holds, 1);
    return keys;
}

void keys_let_go(struct keys *keys)
{
    if (!keys || atomic_fetch_sub(&keys->holds, 1) != 1)
        return;
    for (size_t i = 0; i < keys->count; i++)
        public_key_free(keys->keys[i]);
    proven_free(keys->proven);
    free(keys);
}

size_t keys_count(const struct keys *keys)
{
    return keys->count;
}

const struct public_key *keys_find(const struct keys *keys, const char *kid,
                                   enum algorithm algorithm)
{
    const struct public_key *found = NULL;

    for (size_t i = 0; i < keys->count; i++) {
        const char *id = public_key_id(keys->keys[i]);

        if (!public_key_fits(keys->keys[i], algorithm) || (kid && (!id || strcmp(kid, id) != 0)))
            continue;
        if (found)
            return NULL;
        found = keys->keys[i];
    }
    return found;
}

int keys_verify(struct keys *keys, const struct public_key *key, enum algorithm algorithm,
                struct slice text, struct slice signature, struct err *err)
{
    const struct signed_text signed_text = {key, algorithm, text, signature};
    struct proof proof;
    bool can_tell = proof_make(&signed_text, &proof);
    int rc;

    if (can_tell && proven_has(keys->proven, &proof))
        return DONE;
    rc = public_key_verify(key, algorithm, text, signature, err);
    if (!rc && can_tell)
        proven_add(keys->proven, &proof);
    return rc;
}
