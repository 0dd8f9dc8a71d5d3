// SPDX-License-Identifier: Apache-2.0
// The settings of jobtrail/settings.h as the library's parts read them. A part retains them while
// it lives; from then on nobody can change them, so that any thread may read.
#pragma once

#include <jobtrail/settings.h>

#include "base/log.h"
#include "base/options.h"
#include "kafka/kafka_properties.h"
#include "wire/schema_source.h"

struct client_config {
    struct options *options; // owned by the settings
    const struct kafka_property *properties;
    size_t property_count;
    struct schema_source schemas; // by the program's schema_of; fetch is NULL: it has none
    struct log_target log;        // write is NULL: nobody listens
};

// Keeps the settings until settings_release and gives what they say; both live as long. Errors of
// settings that are wrong together, or missing: JOBTRAIL_SETTING; JOBTRAIL_NO_MEMORY.
int settings_retain(struct jobtrail_settings *settings, const struct client_config **out,
                    struct jobtrail_error *error);
void settings_release(const struct client_config *config);
