// SPDX-License-Identifier: Apache-2.0
// All of libjobtrail: tell Jobtrail of the jobs that a program runs. C11, usable from C++17.
//
// The library never ends its host, never prints, has no state but what it hands out, and takes it
// well when an allocation of its own fails. librdkafka, by which it speaks to Kafka, ends the
// process when one of its allocations fails. It needs Linux 4.14.
#ifndef JOBTRAIL_JOBTRAIL_H
#define JOBTRAIL_JOBTRAIL_H

#include <jobtrail/cancel.h>
#include <jobtrail/commands.h>
#include <jobtrail/emitter.h>
#include <jobtrail/error.h>
#include <jobtrail/job.h>
#include <jobtrail/settings.h>

#endif
