// SPDX-License-Identifier: Apache-2.0
#include "store/connection/server_check.h"

#include <string.h>

enum { OLDEST_VERSION = 150000, TOO_NEW_VERSION = 190000 };

int server_check(const PGconn *connection, struct err *err)
{
    int version = PQserverVersion(connection);
    const char *encoding = PQparameterStatus(connection, "server_encoding");

    if (version < OLDEST_VERSION || version >= TOO_NEW_VERSION)
        return err_set(err, FATAL, "SERVER_VERSION",
                       "the server is PostgreSQL %d; jobtrail works with 15 to 18",
                       version / 10000);
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return err_set(err, FATAL, "SERVER_ENCODING",
                       "the database is encoded as %s; create it with ENCODING 'UTF8'",
                       encoding ? encoding : "unknown");
    return DONE;
}
