// SPDX-License-Identifier: Apache-2.0
// The program from its arguments to its exit code.
#pragma once

int cli_run(int argc, char *const *argv, char *const *environment);
