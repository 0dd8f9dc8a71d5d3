// SPDX-License-Identifier: Apache-2.0
// initdb, the server as a child process, and the clearing away. The server watches this program
// through PR_SET_PDEATHSIG, so that nothing is left when a test crashes.
#include "support/postgres.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { START_ATTEMPTS = 600, PAUSE_MS = 50 };

struct postgres {
    char folder[64], data[96], conninfo[256];
    pid_t server;  // 0: not running
    pid_t janitor; // removes the folder when this program is gone; 0: none
    int janitor_pipe;
};

static void pause_ms(long milliseconds)
{
    nanosleep(
        &(struct timespec){.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000},
        NULL);
}

static bool become_ordinary(void)
{
    const struct passwd *user;

    if (geteuid() != 0)
        return true;
    user = getpwnam("postgres");
    return user && !setgroups(0, NULL) && !setgid(user->pw_gid) && !setuid(user->pw_uid);
}

// Runs a program with its output in the folder's log; returns its process id, or -1.
static pid_t spawn(const struct postgres *postgres, const char *const *arguments, bool dies_with_us)
{
    char log[96];
    pid_t parent = getpid();
    pid_t child;

    snprintf(log, sizeof log, "%s/log", postgres->folder);
    child = fork();
    if (child)
        return child;
    if (!become_ordinary() || chdir(postgres->folder))
        _exit(126);
    if (dies_with_us && (prctl(PR_SET_PDEATHSIG, SIGQUIT) || getppid() != parent))
        _exit(126);
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);

    if (out < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0)
        _exit(126);
    execv(arguments[0], (char *const *)arguments);
    _exit(127);
}

static bool finished_well(pid_t child)
{
    int status;

    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

static void show_log(const struct postgres *postgres)
{
    char path[96], line[512];
    FILE *file;

    snprintf(path, sizeof path, "%s/log", postgres->folder);
    file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        fputs(line, stderr);
    if (file)
        fclose(file);
}

static bool wait_ready(struct postgres *postgres)
{
    for (int i = 0; i < START_ATTEMPTS; i++) {
        if (PQping(postgres_conninfo(postgres, "postgres")) == PQPING_OK)
            return true;
        if (waitpid(postgres->server, NULL, WNOHANG) == postgres->server) {
            postgres->server = 0;
            return false;
        }
        pause_ms(PAUSE_MS);
    }
    return false;
}

// Of the PostgreSQL that the environment names, or of this machine's.
static const char *program(const char *name)
{
    static char paths[2][256];
    static size_t turn;
    const char *folder = getenv("PG_BIN");
    char *path = paths[turn++ % 2];

    snprintf(path, sizeof paths[0], "%s/%s", folder ? folder : POSTGRES_BIN, name);
    return path;
}

bool postgres_restart(struct postgres *postgres)
{
    char sockets[128];
    const char *const arguments[] = {program("postgres"),
                                     "-D",
                                     postgres->data,
                                     "-c",
                                     "listen_addresses=",
                                     "-c",
                                     sockets,
                                     "-c",
                                     "max_connections=40",
                                     "-c",
                                     "shared_buffers=256MB",
                                     "-c",
                                     "max_wal_size=4GB",
                                     "-c",
                                     "fsync=off", // a killed server loses nothing that it wrote
                                     NULL};

    snprintf(sockets, sizeof sockets, "unix_socket_directories=%s", postgres->folder);
    postgres->server = spawn(postgres, arguments, true);
    if (postgres->server < 0)
        postgres->server = 0;
    return postgres->server && wait_ready(postgres);
}

bool postgres_kill(struct postgres *postgres)
{
    bool killed = postgres->server && !kill(postgres->server, SIGQUIT) &&
                  waitpid(postgres->server, NULL, 0) == postgres->server;

    postgres->server = 0;
    return killed;
}

// The processes of a server are its children.
static void signal_children(pid_t server, int signal_number)
{
    char path[64];
    long child;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)server, (int)server);
    file = fopen(path, "r");
    while (file && fscanf(file, "%ld", &child) == 1)
        kill((pid_t)child, signal_number);
    if (file)
        fclose(file);
}

bool postgres_freeze(struct postgres *postgres, bool frozen)
{
    if (!postgres->server)
        return false;
    signal_children(postgres->server, frozen ? SIGSTOP : SIGCONT);
    return true;
}

static void remove_folder(const char *folder)
{
    pid_t child = fork();

    if (!child) {
        execl("/bin/rm", "rm", "-rf", "--", folder, (char *)NULL);
        _exit(127);
    }
    if (child > 0)
        waitpid(child, NULL, 0);
}

// Holds the other end of a pipe: reads its end when this program is gone, and removes the folder.
static void start_janitor(struct postgres *postgres)
{
    int ends[2];

    if (pipe(ends))
        return;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    postgres->janitor = fork();
    if (!postgres->janitor) {
        char byte;

        setsid();
        close(ends[1]);
        while (read(ends[0], &byte, 1) < 0 && errno == EINTR)
            ;
        // The server needs a moment to die with its parent.
        for (int i = 0; i < 40 && postgres->server && !kill(postgres->server, 0); i++)
            pause_ms(PAUSE_MS);
        remove_folder(postgres->folder);
        _exit(0);
    }
    close(ends[0]);
    postgres->janitor_pipe = ends[1];
}

static bool initialise(struct postgres *postgres)
{
    const char *const arguments[] = {
        program("initdb"), "-D", postgres->data, "-U",         "postgres", "-A",
        "trust",           "-E", "UTF8",         "--locale=C", "-N",       NULL};

    return finished_well(spawn(postgres, arguments, false));
}

struct postgres *postgres_start(void)
{
    const char *base = getenv("TMPDIR");
    struct postgres *postgres = calloc(1, sizeof *postgres);

    if (!postgres)
        return NULL;
    snprintf(postgres->folder, sizeof postgres->folder, "%.30s/jobtrail-pg-XXXXXX",
             base && strlen(base) <= 30 ? base : "/tmp");
    if (!mkdtemp(postgres->folder)) {
        perror("mkdtemp");
        free(postgres);
        return NULL;
    }
    snprintf(postgres->data, sizeof postgres->data, "%s/data", postgres->folder);
    if (geteuid() == 0) {
        const struct passwd *user = getpwnam("postgres");

        if (!user || chown(postgres->folder, user->pw_uid, user->pw_gid))
            fprintf(stderr, "as root, the tests need a user called postgres\n");
    }
    start_janitor(postgres);
    if (initialise(postgres) && postgres_restart(postgres))
        return postgres;
    show_log(postgres);
    postgres_stop(postgres);
    return NULL;
}

void postgres_stop(struct postgres *postgres)
{
    if (!postgres)
        return;
    postgres_kill(postgres);
    if (postgres->janitor > 0) {
        close(postgres->janitor_pipe);
        waitpid(postgres->janitor, NULL, 0);
    } else {
        remove_folder(postgres->folder);
    }
    free(postgres);
}

const char *postgres_conninfo(struct postgres *postgres, const char *database)
{
    snprintf(postgres->conninfo, sizeof postgres->conninfo, "host=%s user=postgres dbname=%s",
             postgres->folder, database);
    return postgres->conninfo;
}

bool postgres_create_database(struct postgres *postgres, const char *name, const char *template)
{
    PGconn *connection = PQconnectdb(postgres_conninfo(postgres, "postgres"));
    char *quoted = PQescapeIdentifier(connection, name, strlen(name));
    char *quoted_template = PQescapeIdentifier(connection, template, strlen(template));
    char sql[192];
    PGresult *result;
    bool created;

    snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE %s", quoted ? quoted : "",
             quoted_template ? quoted_template : "");
    result = PQexec(connection, sql);
    created = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!created)
        fprintf(stderr, "%s", PQerrorMessage(connection));
    PQclear(result);
    PQfreemem(quoted_template);
    PQfreemem(quoted);
    PQfinish(connection);
    return created;
}
