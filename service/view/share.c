// SPDX-License-Identifier: Apache-2.0
#include "view/share.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/key_hash.h"

// A member, or an organisation. One who has nothing is forgotten.
struct holder {
    size_t held;
    struct holder *members; // of an organisation, by their names
    UT_hash_handle hh;
    size_t size;
    char name[];
};

struct share {
    pthread_mutex_t mutex;
    struct share_limits limits;
    size_t held;
    struct holder *organizations; // by their ids
};

int share_new(const struct share_limits *limits, struct share **out, struct err *err)
{
    struct share *share = calloc(1, sizeof *share);

    if (!share)
        return err_no_memory(err);
    pthread_mutex_init(&share->mutex, NULL);
    share->limits = *limits;
    *out = share;
    return DONE;
}

static struct holder *find(struct holder *table, struct slice name)
{
    struct holder *found;

    HASH_FIND(hh, table, name.data, name.size, found);
    return found;
}

static struct holder *get(struct holder **table, struct slice name)
{
    struct holder *holder = find(*table, name);

    if (holder)
        return holder;
    holder = calloc(1, sizeof *holder + name.size);
    if (!holder)
        return NULL;
    holder->size = name.size;
    memcpy(holder->name, name.data, name.size);
    HASH_ADD_KEYPTR(hh, *table, holder->name, holder->size, holder);
    if (holder->hh.tbl)
        return holder;
    free(holder);
    return NULL;
}

static void forget_if_empty(struct holder **table, struct holder *holder)
{
    if (!holder || holder->held)
        return;
    // NOLINTNEXTLINE(clang-analyzer-unix.Malloc): lost in the macro
    HASH_DELETE(hh, *table, holder);
    free(holder);
}

static void forget_all(struct holder **table)
{
    struct holder *holder, *next;

    HASH_ITER (hh, *table, holder, next) {
        forget_all(&holder->members);
        HASH_DELETE(hh, *table, holder);
        free(holder);
    }
}

void share_free(struct share *share)
{
    if (!share)
        return;
    forget_all(&share->organizations);
    pthread_mutex_destroy(&share->mutex);
    free(share);
}

static bool is_too_much(size_t held, size_t amount, size_t limit)
{
    return held && (amount > limit || held > limit - amount);
}

static enum share_answer take(struct share *share, struct holder *organization,
                              struct holder *member, size_t amount)
{
    const struct share_limits *limits = &share->limits;

    if (!organization || !member)
        return SHARE_NO_MEMORY;
    if (is_too_much(member->held, amount, limits->member))
        return SHARE_OF_MEMBER;
    if (is_too_much(organization->held, amount, limits->organization))
        return SHARE_OF_ORGANIZATION;
    if (is_too_much(share->held, amount, limits->all))
        return SHARE_OF_ALL;
    member->held += amount;
    organization->held += amount;
    share->held += amount;
    return SHARE_TAKEN;
}

enum share_answer share_take(struct share *share, struct slice organization_id, struct slice member,
                             size_t amount)
{
    struct holder *organization, *one = NULL;
    enum share_answer answer;

    pthread_mutex_lock(&share->mutex);
    organization = get(&share->organizations, organization_id);
    if (organization)
        one = get(&organization->members, member);
    answer = take(share, organization, one, amount);
    if (organization)
        forget_if_empty(&organization->members, one);
    forget_if_empty(&share->organizations, organization);
    pthread_mutex_unlock(&share->mutex);
    return answer;
}

void share_give_back(struct share *share, struct slice organization_id, struct slice member,
                     size_t amount)
{
    struct holder *organization, *one;

    pthread_mutex_lock(&share->mutex);
    organization = find(share->organizations, organization_id);
    one = organization ? find(organization->members, member) : NULL;
    if (one) {
        one->held -= amount;
        organization->held -= amount;
        share->held -= amount;
        forget_if_empty(&organization->members, one);
        forget_if_empty(&share->organizations, organization);
    }
    pthread_mutex_unlock(&share->mutex);
}
