// SPDX-License-Identifier: Apache-2.0
#include "view/viewer.h"

#include <strings.h>

static const char scheme[] = "Bearer ";

static struct slice bearer_token(const struct request *request)
{
    struct slice value = request_header(request, "Authorization");
    const size_t size = sizeof scheme - 1;

    if (value.size <= size || strncasecmp(value.data, scheme, size))
        return SLICE_NULL;
    value = (struct slice){value.data + size, value.size - size};
    while (value.size && value.data[0] == ' ')
        value = (struct slice){value.data + 1, value.size - 1};
    return value.size ? value : SLICE_NULL;
}

static enum viewer_verdict read_identity(const struct viewer_rules *rules,
                                         const struct token *token, struct slice organization_id,
                                         struct arena *arena, struct viewer *out, struct err *err)
{
    enum viewer_verdict verdict = VIEWER_KNOWN;
    struct identity identity;

    switch (identity_read(token, &rules->claims, organization_id, &identity)) {
    case IDENTITY_KNOWN:
        break;
    case IDENTITY_OTHER_ORGANIZATION:
        verdict = VIEWER_OTHER_ORGANIZATION;
        organization_id = SLICE_LITERAL("");
        break;
    case IDENTITY_NOT_AUTHENTICATED:
        err_set(err, POISON, "TOKEN_CLAIM", "a claim that says who asks is missing or no text");
        return VIEWER_NOT_AUTHENTICATED;
    }
    *out = (struct viewer){.role = identity.role, .ends_at_us = token_ends_at_us(token)};
    if (arena_copy(arena, organization_id, &out->organization_id) &&
        arena_copy(arena, identity.member, &out->member))
        return verdict;
    err_no_memory(err);
    return VIEWER_UNDECIDED;
}

enum viewer_verdict viewer_identify(const struct viewer_rules *rules, const struct request *request,
                                    struct slice organization_id, int64_t now_us,
                                    struct arena *arena, struct viewer *out, struct err *err)
{
    struct slice compact = bearer_token(request);
    struct token *token = NULL;
    enum viewer_verdict verdict;
    int rc;

    if (slice_is_null(compact))
        return VIEWER_NO_TOKEN;
    rc = verifier_verify(rules->verifier, compact, now_us, &token, err);
    if (rc)
        return rc == POISON ? VIEWER_NOT_AUTHENTICATED : VIEWER_UNDECIDED;
    verdict = read_identity(rules, token, organization_id, arena, out, err);
    token_free(token);
    return verdict;
}
