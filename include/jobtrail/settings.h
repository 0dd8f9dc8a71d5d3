// SPDX-License-Identifier: Apache-2.0
// What the parts of libjobtrail are told before they are made. One object may make several; each
// keeps what it needs, so that it may be freed then; it cannot be changed any more. Setting is for
// one thread at a time; making something of it is for any.
//
//   organization      the organisation whose jobs these are, 1 to 255 bytes; must be set
//   topic.events      default job.events
//   source            a name of this program, for event ids that are derived and for CloudEvents
//   event.ids         random (default); derived: UUIDv5 of source, organisation, job, attempt, kind
//                     of event and its number, so that a backfill that runs twice in the same order
//                     is one. Derived is wrong for what tells something else when it runs again
//   cloud.events      true: write the headers of CloudEvents 1.0, with source (default false)
//   queue.bytes       room for events that Kafka has not acknowledged, 256 KiB to 1 GiB (default
//                     32 MiB); of a spool: the size of its file, once it is made
//   queue.events      and how many at most, 16 to 10,000,000 (default 200,000)
//   spool.file        a file that holds that room, so that it outlives the process; none: memory
//   spool.sync        none (default): events outlive the process; interval: and are on the disk a
//                     tenth of a second later; each: and are on the disk when the call returns
//   topic.commands    default job.commands
//   topic.cancel-requests, topic.cancel-decisions
//                     default job.cancel-requests and job.cancel-decisions
//   commands.look-back  how long before an object is made a command may have come that it tells, 0s
//                     to 7d (default 1h)
//   commands.bytes    room for the latest commands, which jobs may be added for later, 64 KiB to
//                     1 GiB (default 4 MiB)
//   kafka.NAME        a property of librdkafka, kafka.bootstrap.servers at least;
//                     kafka.sasl.password.file and the like as in the service's configuration
#ifndef JOBTRAIL_SETTINGS_H
#define JOBTRAIL_SETTINGS_H

#include <stdint.h>

#include <jobtrail/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct jobtrail_settings;

// NULL without memory.
JOBTRAIL_API struct jobtrail_settings *jobtrail_settings_new(void);
// Accepts NULL.
JOBTRAIL_API void jobtrail_settings_free(struct jobtrail_settings *settings);

// Sets one; name and value are copied. error may be NULL. JOBTRAIL_SETTING, JOBTRAIL_NO_MEMORY.
// What librdkafka has to say of a property is said when something is made of the settings.
JOBTRAIL_API int jobtrail_settings_set(struct jobtrail_settings *settings, const char *name,
                                       const char *value, struct jobtrail_error *error);

enum jobtrail_level {
    JOBTRAIL_LEVEL_DEBUG,
    JOBTRAIL_LEVEL_INFO,
    JOBTRAIL_LEVEL_WARN,
    JOBTRAIL_LEVEL_ERROR,
};

// Called by threads of the library, perhaps by several at once, and by calls that make something.
// text is one line and lives until it returns. It must not call the library, except for
// jobtrail_version.
typedef void jobtrail_log(void *self, enum jobtrail_level level, const char *text);

// Where the library says what nobody asked about. Without it that is said to nobody: the library
// never prints. log and self must outlive everything that is made of the settings.
JOBTRAIL_API void jobtrail_settings_log(struct jobtrail_settings *settings, jobtrail_log *log,
                                        void *self);

// Where Jobtrail writes with a schema registry: the writer's schema of an id, as the registry has
// it. *json: NUL-terminated, from malloc; the library frees it. JOBTRAIL_OK; JOBTRAIL_REFUSED:
// there is no such schema; anything else: it cannot be told now, and is asked for again after a
// while. It may wait: records do, too. Called by threads of the library, once for each id.
typedef int jobtrail_schema_of(void *self, uint32_t id, char **json);

// Without it records that are framed by a registry's ids are passed over. schema_of and self must
// outlive everything that is made of the settings.
JOBTRAIL_API void jobtrail_settings_schemas(struct jobtrail_settings *settings,
                                            jobtrail_schema_of *schema_of, void *self);

#ifdef __cplusplus
}
#endif

#endif
