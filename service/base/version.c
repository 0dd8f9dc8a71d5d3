// SPDX-License-Identifier: Apache-2.0
#include "base/version.h"

const char program_version[] = JOBTRAIL_VERSION;
