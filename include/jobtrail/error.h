// SPDX-License-Identifier: Apache-2.0
// How calls of libjobtrail tell what became of them. A call returns a code of enum jobtrail_code:
// JOBTRAIL_OK or above, it was done; below, nothing was done. A struct jobtrail_error that is given
// says why in words. Nothing here is kept by the library: any thread may hold one of its own.
#ifndef JOBTRAIL_ERROR_H
#define JOBTRAIL_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

#define JOBTRAIL_API __attribute__((visibility("default")))

enum jobtrail_code {
    JOBTRAIL_OK = 0,
    JOBTRAIL_HELD = 1,       // taken, and may be replaced by what is newer (jobtrail/emitter.h)
    JOBTRAIL_FULL = -1,      // there is no room now; try again when there is
    JOBTRAIL_REFUSED = -2,   // the service would keep it as a dead letter
    JOBTRAIL_SETTING = -3,   // a setting is unknown, missing or wrong
    JOBTRAIL_NO_MEMORY = -4, // an allocation failed
    JOBTRAIL_TIMEOUT = -5,   // not all was done in time
    JOBTRAIL_KAFKA = -6,     // Kafka or its client refused
    JOBTRAIL_SPOOL = -7,     // the spool's file cannot be used
    JOBTRAIL_FORKED = -8,    // the object belongs to the parent of this process
    JOBTRAIL_SYSTEM = -9,    // the system gives no thread or descriptor
};

struct jobtrail_error {
    int code;        // what the call returned
    char reason[32]; // a word like "PROGRESS_RANGE", the one a dead letter would have; or ""
    char text[480];  // a line for a person
};

// The version of the library that runs, "0.1.0". Any thread.
JOBTRAIL_API const char *jobtrail_version(void);

#ifdef __cplusplus
}
#endif

#endif
