// SPDX-License-Identifier: Apache-2.0
#include "serve/http/address_share.h"

#include <stdint.h>
#include <stdlib.h>

#include "http/forwarded.h"

struct address_share {
    struct share *share;
    const struct networks *trusted;
};

int address_share_new(size_t each, const struct networks *trusted, struct address_share **out,
                      struct err *err)
{
    const struct share_limits limits = {.member = each, .organization = each, .all = SIZE_MAX};
    struct address_share *share = calloc(1, sizeof *share);
    int rc;

    if (!share)
        return err_no_memory(err);
    share->trusted = trusted;
    rc = share_new(&limits, &share->share, err);
    if (rc)
        free(share);
    else
        *out = share;
    return rc;
}

void address_share_free(struct address_share *share)
{
    if (!share)
        return;
    share_free(share->share);
    free(share);
}

static enum share_answer hold(struct address_share *share, struct address_claim *claim)
{
    enum share_answer answer =
        share_take(share->share, address_owner(&claim->address), SLICE_LITERAL(""), 1);

    claim->is_held = answer == SHARE_TAKEN;
    return answer;
}

enum share_answer address_share_connect(struct address_share *share, const struct sockaddr *from,
                                        bool *is_proxy, struct address_claim *claim)
{
    *claim = (struct address_claim){0};
    *is_proxy = false;
    if (!address_of_socket(from, &claim->address))
        return SHARE_TAKEN;
    *is_proxy = networks_have(share->trusted, &claim->address);
    return *is_proxy ? SHARE_TAKEN : hold(share, claim);
}

enum share_answer address_share_ask(struct address_share *share, const struct request *request,
                                    struct address_claim *claim)
{
    *claim = (struct address_claim){0};
    if (!forwarded_client(request, share->trusted, &claim->address))
        return SHARE_TAKEN;
    return hold(share, claim);
}

void address_share_give_back(struct address_share *share, struct address_claim *claim)
{
    if (claim->is_held)
        share_give_back(share->share, address_owner(&claim->address), SLICE_LITERAL(""), 1);
    claim->is_held = false;
}
