// SPDX-License-Identifier: Apache-2.0
#include "serve/cancel_credentials.h"

#include <stdlib.h>

struct cancel_credentials {
    enum cancel_authentication authentication;
};

int cancel_credentials_new(const struct config *config, struct cancel_credentials **out,
                           struct err *err)
{
    int rc = config_require_authentication(config, err);

    if (rc)
        return rc;
    *out = calloc(1, sizeof **out);
    if (!*out)
        return err_no_memory(err);
    (*out)->authentication = config->cancel_authentication;
    return DONE;
}

void cancel_credentials_free(struct cancel_credentials *credentials)
{
    free(credentials);
}

int cancel_credentials_check(struct cancel_credentials *credentials, const struct wire_record *wire,
                             const struct kafka_record *record, struct cancel_request *request,
                             struct err *err)
{
    (void)wire, (void)record, (void)err;
    request->authenticated = credentials->authentication == CANCEL_AUTHENTICATION_TOPIC_ACL;
    return DONE;
}
