// SPDX-License-Identifier: Apache-2.0
// jobtrail dead-letters retry: serve/letters/letter_sender.h, with what becomes of it on the
// terminal.
#pragma once

#include "cli/terminal/command.h"

command_run letter_retry;
