// SPDX-License-Identifier: Apache-2.0
// The version this program was built as, "0.1.0".
#pragma once

extern const char program_version[];
