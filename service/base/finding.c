// SPDX-License-Identifier: Apache-2.0
#include "base/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *finding_level_name(enum finding_level level)
{
    static const char *const names[FINDING_LEVELS] = {
        [FINDING_OK] = "ok", [FINDING_WARNING] = "warning", [FINDING_ERROR] = "error"};

    return names[level];
}

void findings_init(struct findings *findings)
{
    *findings = (struct findings){0};
}

static void free_finding(struct finding *finding)
{
    free(finding->subject);
    free(finding->text);
    free(finding->command);
}

void findings_free(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        free_finding(&findings->items[i]);
    free(findings->items);
    findings_init(findings);
}

static bool make_room(struct findings *findings)
{
    size_t room = findings->room ? 2 * findings->room : 8;
    struct finding *items;

    if (findings->count < findings->room)
        return true;
    items = realloc(findings->items, room * sizeof *items);
    if (!items)
        return false;
    findings->items = items;
    findings->room = room;
    return true;
}

// What does not fit is cut: these are sentences.
PRINTF_LIKE(1, 0) static char *formatted(const char *format, va_list arguments)
{
    char text[1024];

    vsnprintf(text, sizeof text, format, arguments);
    return strdup(text);
}

// Takes the texts, which may be NULL for want of memory.
static void add(struct findings *findings, enum finding_level level, char *subject, char *text,
                char *command)
{
    struct finding finding = {level, subject, text, command};

    if (subject && text && command && make_room(findings)) {
        findings->items[findings->count++] = finding;
        return;
    }
    free_finding(&finding);
    findings->failed = true;
}

void findings_add(struct findings *findings, enum finding_level level, const char *subject,
                  const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = formatted(format, arguments);
    va_end(arguments);
    add(findings, level, strdup(subject), text, strdup(""));
}

void findings_command(struct findings *findings, const char *format, ...)
{
    va_list arguments;
    char *command;

    va_start(arguments, format);
    command = formatted(format, arguments);
    va_end(arguments);
    if (!command || !findings->count) {
        free(command);
        findings->failed = true;
        return;
    }
    free(findings->items[findings->count - 1].command);
    findings->items[findings->count - 1].command = command;
}

// Where a command begins in the text of an error, all of which lead to it with a colon or "run".
static const char *command_in(const char *text)
{
    static const char *const leads[] = {": kafka-",    ": jobtrail ", "run jobtrail ", ": ALTER ",
                                        "run INSERT ", "run GRANT ",  "run SELECT "};
    const char *found = NULL;

    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
        const char *at = strstr(text, leads[i]);

        if (at && (!found || at < found))
            found = at;
    }
    return found ? strchr(found, ' ') + 1 : NULL;
}

// Up to the end of the sentence, or to what is said besides.
static size_t command_length(const char *command)
{
    static const char *const ends[] = {". ", " as the role", ", or ", ", then ", "; "};
    size_t length = strlen(command);

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const char *end = strstr(command, ends[i]);

        if (end && (size_t)(end - command) < length)
            length = (size_t)(end - command);
    }
    return length;
}

void findings_add_err(struct findings *findings, enum finding_level level, const char *subject,
                      const struct err *err)
{
    const char *command = command_in(err->text);

    add(findings, level, strdup(subject), strdup(err->text),
        command ? strndup(command, command_length(command)) : strdup(""));
}

enum finding_level findings_worst(const struct findings *findings)
{
    enum finding_level worst = FINDING_OK;

    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].level > worst)
            worst = findings->items[i].level;
    return worst;
}
