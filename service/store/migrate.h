// SPDX-License-Identifier: Apache-2.0
// Brings the schema to what this binary knows: schemas/sql in order, checksummed, under an
// advisory lock. Blocking.
#pragma once

#include "base/err.h"
#include "base/slice.h"

struct migrate_report {
    void *self;
    // Called for each migration with its name and SQL, before it is applied (or, in a dry run,
    // instead of it).
    void (*pending)(void *self, const char *name, struct slice sql);
    void (*applied)(void *self, const char *name, double seconds);
};

// RETRY; FATAL: MIGRATION_CHANGED (a checksum differs), SCHEMA_NEWER (unknown newer ones are
// there), or the server's own words for one that fails (it is rolled back whole).
int migrate(const char *conninfo, bool dry_run, const struct migrate_report *report,
            struct err *err);
