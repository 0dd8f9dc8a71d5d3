// SPDX-License-Identifier: Apache-2.0
// Findings come through a pipe, each as its level, subject, text and command, with a NUL behind
// each: what was found before a crash is told, but for what was cut short.
#include "doctor/probe.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"

enum { PIECE_BYTES = 4096, LEVEL_BASE = '0', LAST_LOOKS = 500, LOOK_EVERY_US = 2000 };

static void write_all(int fd, struct slice bytes)
{
    while (bytes.size) {
        ssize_t written = write(fd, bytes.data, bytes.size);

        if (written <= 0)
            return;
        bytes = (struct slice){bytes.data + written, bytes.size - (size_t)written};
    }
}

static void write_findings(int fd, const struct findings *findings)
{
    struct buffer out;

    buffer_init(&out);
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];

        buffer_append_format(&out, "%c", LEVEL_BASE + (int)finding->level);
        buffer_append(&out, "", 1);
        buffer_append(&out, finding->subject, strlen(finding->subject) + 1);
        buffer_append(&out, finding->text, strlen(finding->text) + 1);
        buffer_append(&out, finding->command, strlen(finding->command) + 1);
    }
    if (!out.failed)
        write_all(fd, buffer_slice(&out));
    buffer_free(&out);
}

// The child's whole life.
_Noreturn static void look(const struct check *check, const struct patient *patient, int fd)
{
    struct findings findings;
    struct err err;

    // What its clients complain of is in what it finds.
    if (patient->config->log_level > LOG_DEBUG)
        log_setup(patient->config->log_format, LOG_NOTHING, patient->config->instance);
    findings_init(&findings);
    if (check->run(patient, &findings, &err))
        findings_add(&findings, FINDING_ERROR, "", "it could not be looked at: %s", err.text);
    if (findings.failed)
        findings_add(&findings, FINDING_ERROR, "", "not all could be told: out of memory");
    write_findings(fd, &findings);
    close(fd);
    findings_free(&findings);
    exit(EXIT_SUCCESS);
}

// Up to the end of what the child tells; false if that does not come in time.
static bool listen_to(int fd, int64_t until_us, struct buffer *told)
{
    char piece[PIECE_BYTES];

    for (;;) {
        struct pollfd answer = {.fd = fd, .events = POLLIN};
        int64_t left_ms = (until_us - clock_monotonic_us()) / 1000;
        ssize_t got;

        if (left_ms <= 0)
            return false;
        if (poll(&answer, 1, (int)left_ms) <= 0)
            continue; // interrupted, or the time is over
        got = read(fd, piece, sizeof piece);
        if (got <= 0)
            return true;
        buffer_append(told, piece, (size_t)got);
    }
}

static bool next_text(struct slice *rest, const char **text)
{
    const char *end = rest->size ? memchr(rest->data, '\0', rest->size) : NULL;

    if (!end)
        return false;
    *text = rest->data;
    rest->size -= (size_t)(end + 1 - rest->data);
    rest->data = end + 1;
    return true;
}

static void read_findings(const struct buffer *told, struct findings *findings)
{
    struct slice rest = buffer_slice(told);
    const char *level, *subject, *text, *command;

    while (next_text(&rest, &level) && next_text(&rest, &subject) && next_text(&rest, &text) &&
           next_text(&rest, &command)) {
        findings_add(findings, (enum finding_level)(*level - LEVEL_BASE), subject, "%s", text);
        findings_command(findings, "%s", command);
    }
    findings->failed = findings->failed || told->failed;
}

// Its status. After all was told it may still hang, in the clients that it made.
static int reap(pid_t child, bool in_time)
{
    int status = 0;

    for (int i = 0; in_time && i < LAST_LOOKS; i++) {
        if (waitpid(child, &status, WNOHANG))
            return status;
        usleep(LOOK_EVERY_US);
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return in_time && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? EXIT_SUCCESS : status;
}

static void end_child(pid_t child, bool in_time, int timeout_ms, struct findings *findings)
{
    int status = reap(child, in_time);

    if (!in_time)
        findings_add(findings, FINDING_ERROR, "",
                     "it did not end within %d s: whoever is asked neither answers nor refuses",
                     timeout_ms / 1000);
    else if (WIFSIGNALED(status))
        findings_add(findings, FINDING_ERROR, "", "it crashed (signal %d)", WTERMSIG(status));
    else if (WEXITSTATUS(status))
        findings_add(findings, FINDING_ERROR, "", "it ended by itself, with status %d",
                     WEXITSTATUS(status));
}

int probe_run(const struct check *check, const struct patient *patient, int timeout_ms,
              struct findings *findings, struct err *err)
{
    const int64_t until_us = clock_monotonic_us() + timeout_ms * INT64_C(1000);
    struct buffer told;
    int ends[2];
    pid_t child;

    if (pipe(ends))
        return err_set(err, RETRY, "NO_DESCRIPTOR", "no descriptor for a check");
    fflush(NULL); // or the child would write it once more
    child = fork();
    if (!child) {
        close(ends[0]);
        look(check, patient, ends[1]);
    }
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return err_set(err, RETRY, "NO_PROCESS", "no process for a check");
    }
    buffer_init(&told);
    bool in_time = listen_to(ends[0], until_us, &told);
    close(ends[0]);
    read_findings(&told, findings);
    end_child(child, in_time, timeout_ms, findings);
    buffer_free(&told);
    return DONE;
}
