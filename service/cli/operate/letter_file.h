// SPDX-License-Identifier: Apache-2.0
// jobtrail dead-letters export and import: letters as a file, a line of JSON each, bytes in
// hexadecimal digits. What was exported can be put back, also into another database: a letter of a
// record of which there is one already is left out, so that an import that was interrupted is run
// again.
#pragma once

#include "cli/terminal/command.h"

command_run letter_export, letter_import;
