// SPDX-License-Identifier: Apache-2.0
#include "store/ledger/change_pruning.h"

#include "store/connection/values.h"
#include "store/ledger/outbox_private.h"

int changes_prune(struct outbox *outbox, int64_t kept_s, size_t limit, size_t *count,
                  struct err *err)
{
    struct parameters parameters;
    int rc;

    parameters_init(&parameters);
    parameters_add_int8(&parameters, (int64_t)limit);
    parameters_add_int8(&parameters, kept_s);
    rc = outbox_ask(outbox, "changes_prune", &parameters, err);
    parameters_free(&parameters);
    *count = rc ? 0 : (size_t)value_int8(outbox->answer, 0, 0);
    return rc;
}
