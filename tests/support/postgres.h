// SPDX-License-Identifier: Apache-2.0
// A private PostgreSQL for one test program: a cluster in a folder of its own, on a unix socket
// and no TCP port. Works as root too (the server then runs as the user postgres). It goes away
// with the program, however that ends.
#pragma once

#include <stdbool.h>

struct postgres;

// Starts one, or says on standard error why not and returns NULL.
struct postgres *postgres_start(void);
void postgres_stop(struct postgres *postgres);
// A superuser's conninfo for a database; the string lives as long as the cluster, until the next
// call.
const char *postgres_conninfo(struct postgres *postgres, const char *database);
// Creates a database, a copy of another one to which nobody is connected ("template1": an empty
// one).
bool postgres_create_database(struct postgres *postgres, const char *name, const char *template);
// Kills the server where it stands (immediate shutdown), and starts it again.
bool postgres_kill(struct postgres *postgres);
bool postgres_restart(struct postgres *postgres);
// Stops the server's processes from running, and lets them go on.
bool postgres_freeze(struct postgres *postgres, bool frozen);
