// SPDX-License-Identifier: Apache-2.0
#include "serve/http/work_turn.h"

#include <stdlib.h>
#include <string.h>

#include "base/key_hash.h"
#include <utlist.h>

// An organisation, or a member.
struct work_turn {
    struct work_turn *organization; // of a member; NULL: it is one
    struct work_turn *members;      // of an organisation: a table, owned
    struct work_turn *next_turn;    // of an organisation: the members for whom something waits
    struct work_item *first, *last; // of a member: what waits
    struct work_turn *prev, *next;  // among those who take turns, while anything waits
    bool takes_turns;
    size_t held, busy; // items in all; those that are worked on
    UT_hash_handle hh;
    size_t size;
    char name[];
};

static struct work_turn *get(struct work_turn **table, struct slice name,
                             struct work_turn *organization)
{
    struct work_turn *turn;

    HASH_FIND(hh, *table, name.data, name.size, turn);
    if (turn)
        return turn;
    turn = calloc(1, sizeof *turn + name.size);
    if (!turn)
        return NULL;
    turn->organization = organization;
    turn->size = name.size;
    memcpy(turn->name, name.data, name.size);
    HASH_ADD_KEYPTR(hh, *table, turn->name, turn->size, turn);
    if (turn->hh.tbl)
        return turn;
    free(turn);
    return NULL;
}

static void forget_if_empty(struct work_turn **table, struct work_turn *turn)
{
    if (!turn || turn->held)
        return;
    // NOLINTNEXTLINE(clang-analyzer-unix.Malloc): lost in the macro
    HASH_DELETE(hh, *table, turn);
    free(turn);
}

static enum share_answer hold(struct work_turns *turns, struct work_turn *organization,
                              struct work_turn *member)
{
    const struct share_limits *limits = &turns->limits.held;

    if (!organization || !member)
        return SHARE_NO_MEMORY;
    if (member->held >= limits->member)
        return SHARE_OF_MEMBER;
    if (organization->held >= limits->organization)
        return SHARE_OF_ORGANIZATION;
    if (turns->held >= limits->all)
        return SHARE_OF_ALL;
    member->held++;
    organization->held++;
    turns->held++;
    return SHARE_TAKEN;
}

enum share_answer work_turn_hold(struct work_turns *turns, struct slice organization_id,
                                 struct slice member, struct work_turn **out)
{
    struct work_turn *organization = get(&turns->organizations, organization_id, NULL), *one = NULL;
    enum share_answer answer;

    if (organization)
        one = get(&organization->members, member, organization);
    answer = hold(turns, organization, one);
    if (answer == SHARE_TAKEN)
        *out = one;
    if (organization)
        forget_if_empty(&organization->members, one);
    forget_if_empty(&turns->organizations, organization);
    return answer;
}

void work_turn_let_go(struct work_turns *turns, struct work_turn *member)
{
    struct work_turn *organization = member->organization;

    member->held--;
    organization->held--;
    turns->held--;
    forget_if_empty(&organization->members, member);
    forget_if_empty(&turns->organizations, organization);
}

static void line_up(struct work_turn **line, struct work_turn *turn)
{
    if (!turn->takes_turns)
        DL_APPEND(*line, turn);
    turn->takes_turns = true;
}

static void leave_line(struct work_turn **line, struct work_turn *turn)
{
    DL_DELETE(*line, turn);
    turn->takes_turns = false;
}

void work_turn_append(struct work_turns *turns, struct work_item *item)
{
    struct work_turn *member = item->turn;

    item->next = NULL;
    if (member->last)
        member->last->next = item;
    else
        member->first = item;
    member->last = item;
    line_up(&member->organization->next_turn, member);
    line_up(&turns->next_turn, member->organization);
}

static struct work_item *take_first(struct work_turns *turns, struct work_turn *member)
{
    struct work_turn *organization = member->organization;
    struct work_item *item = member->first;

    member->first = item->next;
    if (!member->first)
        member->last = NULL;
    member->busy++;
    organization->busy++;
    leave_line(&organization->next_turn, member);
    if (member->first)
        line_up(&organization->next_turn, member);
    leave_line(&turns->next_turn, organization);
    if (organization->next_turn)
        line_up(&turns->next_turn, organization);
    return item;
}

static void note_taken(struct work_turns *turns, const struct work_turn *organization,
                       int64_t now_us)
{
    struct work_recent *recent = turns->recent;
    uint32_t hash = key_hash(organization->name, organization->size);

    if (recent[0].hash != hash || !recent[0].taken_us)
        recent[1] = recent[0];
    recent[0] = (struct work_recent){hash, now_us};
}

static size_t most_busy(const struct work_turns *turns, const struct work_turn *organization,
                        int64_t now_us)
{
    uint32_t hash = key_hash(organization->name, organization->size);

    for (size_t i = 0; i < sizeof turns->recent / sizeof *turns->recent; i++) {
        const struct work_recent *recent = &turns->recent[i];

        if (recent->taken_us && recent->hash != hash && now_us - recent->taken_us < WORK_RECENT_US)
            return turns->limits.beside_others_busy;
    }
    return turns->limits.organization_busy;
}

struct work_item *work_turn_take(struct work_turns *turns, int64_t now_us, bool all)
{
    struct work_turn *organization, *member;

    DL_FOREACH (turns->next_turn, organization) {
        if (!all && organization->busy >= most_busy(turns, organization, now_us))
            continue;
        DL_FOREACH (organization->next_turn, member)
            if (member->busy < turns->limits.member_busy || all) {
                note_taken(turns, organization, now_us);
                return take_first(turns, member);
            }
    }
    return NULL;
}

void work_turn_rest(struct work_turn *member)
{
    member->busy--;
    member->organization->busy--;
}
