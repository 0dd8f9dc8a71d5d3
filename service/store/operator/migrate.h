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
// there), MIGRATION_FAILED with the server's words for one that fails (it is rolled back whole), or
// as batch_store_connect. A migration that does not get its locks within 10 s is RETRY.
//
// Whom it all belongs to: the migrating role, or, if that is a superuser, the ordinary role
// jobtrail_owner (made if need be), of which a worker's role must be a member. Who shall read is
// made a member of jobtrail_reader, and then sees the rows of the organisation that the setting
// jobtrail.organization names. A migrating role that may not create roles gets all else done; a
// notice in the log tells what an administrator then runs for readers.
int migrate(const char *conninfo, bool dry_run, const struct migrate_report *report,
            struct err *err);
