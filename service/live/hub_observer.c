// SPDX-License-Identifier: Apache-2.0
#include "live/hub_observer.h"

void hub_observe(const struct hub_observer *observer, enum hub_event event, int64_t value)
{
    if (observer->observe)
        observer->observe(observer->self, event, value);
}
