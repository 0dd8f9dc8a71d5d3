// SPDX-License-Identifier: Apache-2.0
// posix_spawn, not fork: a process with many threads must not run code of its own in the child.
#define _GNU_SOURCE // pipe2
#include "secret/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

enum { LOOK_EVERY_US = 5 * 1000 };

extern char **environ;

static int fail(struct err *err, const char *what, int number)
{
    return err_set(err, RETRY, "SECRET_UNREADABLE", "%s: %s", what, strerror(number));
}

// A group of its own, to be killed as one; signals as a program expects them, whatever we block.
static int set_up(posix_spawnattr_t *attributes)
{
    const short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    sigset_t none, all;

    sigemptyset(&none);
    sigfillset(&all);
    if (posix_spawnattr_setsigmask(attributes, &none) ||
        posix_spawnattr_setsigdefault(attributes, &all))
        return EINVAL;
    return posix_spawnattr_setflags(attributes, flags);
}

static int connect_ends(posix_spawn_file_actions_t *actions, int output)
{
    int rc = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

    return rc ? rc : posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
}

static int start(const char *command, int output, pid_t *child)
{
    char *const arguments[] = {"sh", "-c", (char *)command, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int rc = posix_spawn_file_actions_init(&actions);

    if (rc)
        return rc;
    rc = posix_spawnattr_init(&attributes);
    if (!rc) {
        rc = set_up(&attributes);
        if (!rc)
            rc = connect_ends(&actions, output);
        if (!rc)
            rc = posix_spawn(child, "/bin/sh", &actions, &attributes, arguments, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return rc;
}

// False if time ran out, or there was more than size.
static bool listen_to(int input, int64_t until_us, char *room, size_t size, size_t *printed)
{
    struct pollfd ready = {.fd = input, .events = POLLIN};

    *printed = 0;
    for (;;) {
        const int64_t left_us = until_us - clock_monotonic_us();
        ssize_t got;

        if (left_us <= 0)
            return false;
        if (poll(&ready, 1, (int)(left_us / 1000) + 1) <= 0)
            continue;
        if (*printed == size)
            return false;
        got = read(input, room + *printed, size - *printed);
        if (!got)
            return true;
        if (got < 0 && errno != EINTR)
            return false;
        *printed += got > 0 ? (size_t)got : 0;
    }
}

// Its status, also of one that must be killed for it.
static bool await_end(pid_t child, int64_t until_us, int *status)
{
    for (;;) {
        pid_t ended = waitpid(child, status, WNOHANG);

        if (ended == child)
            return true;
        if (ended < 0 || clock_monotonic_us() >= until_us)
            break;
        usleep(LOOK_EVERY_US);
    }
    kill(-child, SIGKILL);
    waitpid(child, status, 0);
    return false;
}

static int judge(int status, int timeout_ms, bool in_time, struct err *err)
{
    if (!in_time)
        return err_set(err, RETRY, "SECRET_UNREADABLE",
                       "the command did not end within %d s, or printed too much",
                       timeout_ms / 1000);
    if (WIFSIGNALED(status))
        return err_set(err, RETRY, "SECRET_UNREADABLE", "the command was ended by signal %d",
                       WTERMSIG(status));
    if (WEXITSTATUS(status))
        return err_set(err, RETRY, "SECRET_UNREADABLE", "the command ended with status %d",
                       WEXITSTATUS(status));
    return DONE;
}

int command_run(const char *command, int timeout_ms, char *room, size_t size, size_t *printed,
                struct err *err)
{
    int64_t until_us = clock_monotonic_us() + timeout_ms * INT64_C(1000);
    int ends[2], status = 0, rc;
    bool in_time;
    pid_t child;

    if (pipe2(ends, O_CLOEXEC))
        return fail(err, "no pipe to the command", errno);
    rc = start(command, ends[1], &child);
    close(ends[1]);
    if (rc) {
        close(ends[0]);
        return fail(err, "the command cannot be started", rc);
    }
    in_time = listen_to(ends[0], until_us, room, size, printed);
    close(ends[0]);
    in_time &= await_end(child, in_time ? until_us : 0, &status);
    return judge(status, timeout_ms, in_time, err);
}
