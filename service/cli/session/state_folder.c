// SPDX-License-Identifier: Apache-2.0
#include "cli/session/state_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/terminal/interrupt.h"
#include "fetch/fetch.h"

enum {
    FILE_MAX_BYTES = 512 * 1024,
    ROOM_BYTES = 64 * 1024, // more than tokens take
    NAME_MAX_BYTES = 200,   // leaves room for the ends of names
    OTHERS = S_IRWXG | S_IRWXO,
    LOCK_WAIT_MS = 50,
};
static const char ending[] = ".json";
#define LOCK_PATIENCE_US (30 * US_PER_SECOND)

static int cannot(const char *what, const char *path, struct err *err)
{
    return err_set(err, FATAL, "CONFIGURATION", "cannot %s %.300s: %s", what, path,
                   strerror(errno));
}

static int too_long(struct err *err)
{
    return err_set(err, FATAL, "CONFIGURATION",
                   "the address, or the path of the folder where sign-ins are kept, is too long");
}

static int folder_path(char out[PATH_MAX], struct err *err)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int size;

    // The specification has relative ones ignored.
    if (state && *state == '/')
        size = snprintf(out, PATH_MAX, "%s/jobtrail", state);
    else if (home && *home == '/')
        size = snprintf(out, PATH_MAX, "%s/.local/state/jobtrail", home);
    else
        return err_set(err, FATAL, "CONFIGURATION",
                       "it is not known where sign-ins are kept: set HOME or XDG_STATE_HOME");
    return size < PATH_MAX / 2 ? DONE : too_long(err);
}

int state_path(const char *key, char out[PATH_MAX], struct err *err)
{
    char folder[PATH_MAX];
    char *name;
    int rc = folder_path(folder, err);

    if (rc)
        return rc;
    name = fetch_escape(key);
    if (!name)
        return err_no_memory(err);
    if (strlen(name) > NAME_MAX_BYTES)
        rc = too_long(err);
    else
        snprintf(out, PATH_MAX, "%.*s/%.*s%s", PATH_MAX / 2, folder, NAME_MAX_BYTES, name, ending);
    free(name);
    return rc;
}

static bool is_state(const char *name)
{
    size_t size = strlen(name), end = sizeof ending - 1;

    return size > end && !strcmp(name + size - end, ending);
}

int state_count(size_t *count, char one[PATH_MAX], struct err *err)
{
    char path[PATH_MAX];
    const struct dirent *entry;
    DIR *folder;
    int rc = folder_path(path, err);

    *count = 0;
    *one = '\0';
    if (rc)
        return rc;
    folder = opendir(path);
    if (!folder)
        return errno == ENOENT || errno == ENOTDIR ? DONE : cannot("read the folder", path, err);
    while ((entry = readdir(folder)))
        if (is_state(entry->d_name) && strlen(path) + strlen(entry->d_name) + 2 < PATH_MAX) {
            snprintf(one, PATH_MAX, "%.*s/%s", PATH_MAX / 2, path, entry->d_name);
            ++*count;
        }
    closedir(folder);
    return DONE;
}

static int check_owner(int fd, const char *path, struct err *err)
{
    struct stat state;

    if (fstat(fd, &state))
        return cannot("look at", path, err);
    if (state.st_uid != geteuid())
        return err_set(err, FATAL, "CONFIGURATION",
                       "%.300s is not yours: the tokens in it are not used", path);
    if (state.st_mode & OTHERS)
        return err_set(err, FATAL, "CONFIGURATION",
                       "%.300s can be read or written by others (mode %04o): the tokens in it may "
                       "be known. \"jobtrail logout\" takes them back; chmod go= lets you use them",
                       path, (unsigned)(state.st_mode & 07777));
    return DONE;
}

static int read_all(int fd, const char *path, struct buffer *out, struct err *err)
{
    char piece[4096];
    ssize_t size;

    while ((size = read(fd, piece, sizeof piece)) > 0 && out->size < FILE_MAX_BYTES)
        buffer_append(out, piece, (size_t)size);
    explicit_bzero(piece, sizeof piece);
    if (size < 0)
        return cannot("read", path, err);
    if (size > 0)
        return err_set(err, FATAL, "CONFIGURATION", "%.300s is no sign-in: it is too large", path);
    return out->failed ? err_no_memory(err) : DONE;
}

int state_read(const char *path, struct buffer *out, bool *is_there, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    int rc;

    *is_there = fd >= 0;
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? DONE : cannot("read", path, err);
    rc = check_owner(fd, path, err);
    if (!rc)
        rc = read_all(fd, path, out, err);
    close(fd);
    return rc;
}

// Makes each folder on the way that is not there; ours alone.
static int make_folders(char *path, struct err *err)
{
    for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
        int rc = DONE;

        if (slash)
            *slash = '\0';
        if (mkdir(path, S_IRWXU) && errno != EEXIST)
            rc = cannot("make the folder", path, err);
        if (slash)
            *slash = '/';
        if (rc || !slash)
            return rc;
    }
}

static int open_folder(char out[PATH_MAX], struct err *err)
{
    int rc = folder_path(out, err), fd;

    if (!rc)
        rc = make_folders(out, err);
    if (rc)
        return rc;
    fd = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return cannot("open the folder", out, err);
    rc = check_owner(fd, out, err);
    close(fd);
    return rc;
}

// Tokens that are renewed have no second way: that the disk is full is to be known before.
static int make_room(const struct state_writing *writing, struct err *err)
{
    do
        errno = posix_fallocate(writing->fd, 0, ROOM_BYTES);
    while (errno == EINTR);
    // A file system that promises no room has to be taken as it is.
    return errno && errno != EOPNOTSUPP && errno != EINVAL
               ? cannot("make room for", writing->beside, err)
               : DONE;
}

int state_write_begin(struct state_writing *writing, const char *path, struct err *err)
{
    char folder[PATH_MAX];
    int rc = open_folder(folder, err);

    writing->fd = -1;
    if (rc)
        return rc;
    snprintf(writing->path, PATH_MAX, "%s", path);
    if (snprintf(writing->beside, PATH_MAX, "%s.%ld", path, (long)getpid()) >= PATH_MAX)
        return too_long(err);
    (void)unlink(writing->beside); // of a process of that number that was killed
    writing->fd = open(writing->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (writing->fd < 0)
        return cannot("make", writing->beside, err);
    rc = make_room(writing, err);
    if (rc)
        state_write_cancel(writing);
    return rc;
}

static bool write_all(int fd, struct slice text)
{
    off_t whole = (off_t)text.size;

    while (text.size) {
        ssize_t size = write(fd, text.data, text.size);

        if (size < 0 && errno != EINTR)
            return false;
        if (size > 0)
            text = (struct slice){text.data + size, text.size - (size_t)size};
    }
    return !ftruncate(fd, whole) && !fsync(fd); // without the room that was left
}

int state_write_end(struct state_writing *writing, struct slice text, struct err *err)
{
    int rc = DONE;

    if (!write_all(writing->fd, text))
        rc = cannot("write", writing->beside, err);
    if (close(writing->fd) && !rc)
        rc = cannot("write", writing->beside, err);
    writing->fd = -1;
    if (!rc && rename(writing->beside, writing->path))
        rc = cannot("write", writing->path, err);
    if (rc)
        (void)unlink(writing->beside);
    return rc;
}

void state_write_cancel(struct state_writing *writing)
{
    if (writing->fd < 0)
        return;
    close(writing->fd);
    (void)unlink(writing->beside);
    writing->fd = -1;
}

static int make_private(const char *path, int kind, mode_t mode, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | kind);
    int rc = DONE;

    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? DONE : cannot("read", path, err);
    if (fchmod(fd, mode))
        rc = cannot("take from others", path, err);
    close(fd);
    return rc;
}

int state_make_private(const char *path, struct err *err)
{
    char folder[PATH_MAX];
    int rc = folder_path(folder, err);

    if (!rc)
        rc = make_private(folder, O_DIRECTORY, S_IRWXU, err);
    return rc ? rc : make_private(path, O_NOFOLLOW, S_IRUSR | S_IWUSR, err);
}

int state_remove(const char *path, struct err *err)
{
    return unlink(path) && errno != ENOENT ? cannot("remove", path, err) : DONE;
}

int state_lock(int *lock, struct err *err)
{
    int64_t until_us = clock_monotonic_us() + LOCK_PATIENCE_US;
    char path[PATH_MAX];
    int rc = open_folder(path, err);

    if (rc)
        return rc;
    snprintf(path + strlen(path), PATH_MAX - strlen(path), "/lock");
    *lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (*lock < 0)
        return cannot("open", path, err);
    while (flock(*lock, LOCK_EX | LOCK_NB)) {
        if (interrupt_seen())
            rc = err_set(err, RETRY, FETCH_OVER, "interrupted");
        else if (errno != EWOULDBLOCK && errno != EINTR)
            rc = cannot("lock", path, err);
        else if (clock_monotonic_us() > until_us)
            rc = err_set(err, RETRY, "BUSY", "another jobtrail has held %.300s for 30 s", path);
        if (rc) {
            close(*lock);
            return rc;
        }
        poll(NULL, 0, LOCK_WAIT_MS);
    }
    return DONE;
}

void state_unlock(int lock)
{
    close(lock);
}
