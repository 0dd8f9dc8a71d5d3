// SPDX-License-Identifier: Apache-2.0
// Places at which a test lets the process die as by kill -9. Only a build with JOBTRAIL_FAULTS (the
// preset "faults") has them; elsewhere FAULT_POINT is nothing.
#pragma once

// The environment variable FAULT_POINT, as in "folded:1000", names a point and the pass at which
// the process kills itself. Any thread.
#ifdef JOBTRAIL_FAULTS
void fault_point(const char *name);
#define FAULT_POINT(name) fault_point(name)
#else
#define FAULT_POINT(name) ((void)0)
#endif
