// SPDX-License-Identifier: Apache-2.0
// The few compiler attributes we use, by name.
#pragma once

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_index, first_argument)                                                  \
    __attribute__((format(printf, format_index, first_argument)))
