// SPDX-License-Identifier: Apache-2.0
// jobtrail dead-letters retry: records that can be understood now go into their topic once more,
// and so the way of every record that is read; the fold does not mind when an event comes. Letters
// whose records were delivered are removed. Run again after whatever happened, it sends at worst a
// record twice, which changes nothing.
//
// Cancel requests are not sent again: their moment is over, and their credentials were not kept.
#pragma once

#include "cli/terminal/command.h"

command_run letter_retry;
