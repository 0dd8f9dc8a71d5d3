// SPDX-License-Identifier: Apache-2.0
// Where a secret is kept, outside of the configuration.
#pragma once

// One of file and command; both NULL: nowhere, it is in the configuration itself.
struct secret_source {
    const char *option;  // whose secret it is, for messages
    const char *file;    // that holds it
    const char *command; // of the shell, that prints it
};
