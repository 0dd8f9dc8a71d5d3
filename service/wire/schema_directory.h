// SPDX-License-Identifier: Apache-2.0
// A folder of writers' schemas (*.avsc) as a schema_source: each is known by its fingerprints
// (wire/canonical.h), one of which the single-object framing names. While one is asked for that is
// not there, the folder is read again as soon as a file came, and once a second. A file called by a
// UUID (UUID.avsc) is, where AWS Glue is the registry, that version of it, and known by nothing
// else. Thread-safe.
#pragma once

#include "wire/framing.h"

struct schema_directory;

enum { SCHEMA_DIRECTORY_MAX_FILES = 1000 };

// Reads every *.avsc of that folder, not of folders within. otherwise: asked for schemas
// named in another way; borrowed, may be NULL.
// NULL with err filled: FATAL (SCHEMA_DIRECTORY) when the folder or a file cannot be read, is too
// large or is no schema, or when it and another schema cannot be told apart by a fingerprint; RETRY
// without memory.
struct schema_directory *schema_directory_new(const char *path, enum registry_kind kind,
                                              const struct schema_source *otherwise,
                                              struct err *err);
void schema_directory_free(struct schema_directory *directory);

// The port, valid as long as the directory.
struct schema_source schema_directory_source(struct schema_directory *directory);
