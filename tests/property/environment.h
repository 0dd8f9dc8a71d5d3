// SPDX-License-Identifier: Apache-2.0
// Numbers from the environment, for tests that are drawn from a seed.
#pragma once

#include <stdint.h>

// usually where the variable is not set. Ends the program for a value that is no number: a test
// that quietly ran nothing would be green.
uint64_t number_from_environment(const char *name, uint64_t usually);
