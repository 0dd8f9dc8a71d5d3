// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/screen.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/option_value.h"

enum { COLUMNS_DEFAULT = 80, COLUMNS_LEAST = 20, COLUMNS_MOST = 10000 };

size_t screen_columns(int fd)
{
    const char *text = getenv("COLUMNS");
    struct winsize size;
    int64_t number;

    if (isatty(fd) != 1)
        return 0;
    if (text && option_value_integer(OPTION_INTEGER, text, &number) && number > 0 &&
        number <= COLUMNS_MOST)
        return number < COLUMNS_LEAST ? COLUMNS_LEAST : (size_t)number;
    if (ioctl(fd, TIOCGWINSZ, &size) || !size.ws_col)
        return COLUMNS_DEFAULT;
    return size.ws_col < COLUMNS_LEAST ? COLUMNS_LEAST : size.ws_col;
}

int screen_wants_color(const struct arguments *arguments, int fd, bool *wants, struct err *err)
{
    const char *when = arguments_value(arguments, "color");
    const char *without = getenv("NO_COLOR"), *terminal = getenv("TERM");

    *wants = isatty(fd) == 1 && !(without && *without) && terminal && strcmp(terminal, "dumb") != 0;
    if (!when || !strcmp(when, "auto"))
        return DONE;
    *wants = !strcmp(when, "always");
    if (*wants || !strcmp(when, "never"))
        return DONE;
    return err_set(err, FATAL, "USAGE", "--color: \"%.40s\": expected auto, always or never", when);
}
