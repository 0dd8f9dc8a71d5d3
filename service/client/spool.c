// SPDX-License-Identifier: Apache-2.0
#include "client/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/fault.h"
#include "base/log.h"

enum { SPOOL_VERSION = 1, MARKS = 2, MARK_BYTES = 512, HEAD_BYTES = 4096 };

static const char magic[16] = "jobtrail spool\n";

struct spool_head {
    char magic[16];
    uint64_t version, capacity;
    uint32_t check;
};

struct mark {
    uint64_t tail, generation;
    uint32_t check;
};

struct spool {
    int fd;
    char *map; // HEAD_BYTES, then the ring
    size_t capacity;
    enum spool_sync sync;
    uint64_t generation; // of the last mark
    uint64_t tail;
    uint64_t synced; // up to there; of whoever calls spool_sync_to
};

static int unusable(struct err *err, const char *path, const char *what)
{
    return err_set(err, FATAL, "SPOOL_UNUSABLE", "the spool %s cannot be %s: %s", path, what,
                   strerror(errno));
}

static uint32_t check_of(const void *from, size_t size)
{
    return (uint32_t)crc32(0, from, (uInt)size);
}

static struct mark *mark_at(const struct spool *spool, uint64_t generation)
{
    return (struct mark *)(void *)(spool->map + MARK_BYTES * (1 + generation % MARKS));
}

static void write_mark(struct spool *spool, uint64_t tail)
{
    struct mark mark = {.tail = tail, .generation = spool->generation + 1};

    mark.check = check_of(&mark, offsetof(struct mark, check));
    FAULT_POINT("client-settled");
    *mark_at(spool, mark.generation) = mark;
    FAULT_POINT("client-marked");
    spool->generation = mark.generation;
    spool->tail = tail;
}

static bool read_marks(struct spool *spool)
{
    bool found = false;

    for (unsigned i = 0; i < MARKS; i++) {
        const struct mark *mark = mark_at(spool, i);

        if (mark->check != check_of(mark, offsetof(struct mark, check)) ||
            mark->generation % MARKS != i || !mark->generation ||
            (found && mark->generation < spool->generation))
            continue;
        spool->generation = mark->generation;
        spool->tail = mark->tail;
        found = true;
    }
    return found;
}

static bool is_zero(const char *bytes, size_t size)
{
    return !*bytes && !memcmp(bytes, bytes + 1, size - 1);
}

// Past such a limit the system would end the host by a signal.
static bool is_within_limit(size_t bytes)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_FSIZE, &limit) || bytes <= limit.rlim_cur;
}

// Also a file that has its size already: a copy may have holes, and writing into one ends the host
// when the disk is full.
static int give_room(const struct spool *spool, const char *path, size_t bytes, struct err *err)
{
    do
        errno = posix_fallocate(spool->fd, 0, (off_t)bytes);
    while (errno == EINTR);
    return errno ? unusable(err, path, "given its room") : DONE;
}

// The file has its size, and room for it.
static int map(struct spool *spool, const char *path, size_t capacity, struct err *err)
{
    spool->capacity = capacity;
    spool->map =
        mmap(NULL, HEAD_BYTES + capacity, PROT_READ | PROT_WRITE, MAP_SHARED, spool->fd, 0);
    if (spool->map != MAP_FAILED)
        return DONE;
    spool->map = NULL;
    return unusable(err, path, "mapped");
}

// The head comes last: without it the file counts as not made yet.
static int make(struct spool *spool, const char *path, size_t capacity, struct err *err)
{
    struct spool_head head = {.version = SPOOL_VERSION, .capacity = capacity};
    int rc;

    if (!is_within_limit(HEAD_BYTES + capacity)) {
        errno = EFBIG;
        return unusable(err, path, "given its room");
    }
    if (ftruncate(spool->fd, 0))
        return unusable(err, path, "made");
    rc = give_room(spool, path, HEAD_BYTES + capacity, err);
    if (rc) {
        if (ftruncate(spool->fd, 0))
            log_warn("emitter", "what room a spool got is not given back");
        return rc;
    }
    rc = map(spool, path, capacity, err);
    if (rc)
        return rc;
    write_mark(spool, 0);
    memcpy(head.magic, magic, sizeof magic);
    head.check = check_of(&head, offsetof(struct spool_head, check));
    memcpy(spool->map, &head, sizeof head);
    return msync(spool->map, HEAD_BYTES, MS_SYNC) || fsync(spool->fd) ? unusable(err, path, "made")
                                                                      : DONE;
}

static int foreign(struct err *err, const char *path)
{
    return err_set(err, FATAL, "SPOOL_FOREIGN",
                   "%s is no spool that this version can read; move it away, or name another file",
                   path);
}

// Fills head and returns DONE, or FATAL. *is_new: nothing was ever in it.
static int read_head(const struct spool *spool, const char *path, struct spool_head *head,
                     bool *is_new, struct err *err)
{
    char bytes[MARK_BYTES] = "";
    struct stat now;
    ssize_t size = pread(spool->fd, bytes, sizeof bytes, 0);

    if (size < 0 || fstat(spool->fd, &now))
        return unusable(err, path, "read");
    if (!S_ISREG(now.st_mode))
        return foreign(err, path);
    *is_new = is_zero(bytes, sizeof bytes);
    memcpy(head, bytes, sizeof *head);
    if (*is_new)
        return DONE;
    if (memcmp(head->magic, magic, sizeof magic) != 0 || head->version != SPOOL_VERSION ||
        head->check != check_of(head, offsetof(struct spool_head, check)) ||
        (uint64_t)now.st_size != HEAD_BYTES + head->capacity)
        return foreign(err, path);
    return DONE;
}

static int open_within(struct spool *spool, const char *path, size_t capacity, struct err *err)
{
    struct spool_head head = {0};
    bool is_new = false;
    int rc;

    if (flock(spool->fd, LOCK_EX | LOCK_NB))
        return errno == EWOULDBLOCK
                   ? err_set(err, FATAL, "SPOOL_IN_USE",
                             "another emitter, or a child of its process, has the spool %s", path)
                   : unusable(err, path, "locked");
    rc = read_head(spool, path, &head, &is_new, err);
    if (rc)
        return rc;
    if (is_new)
        return make(spool, path, capacity, err);
    rc = give_room(spool, path, HEAD_BYTES + (size_t)head.capacity, err);
    if (!rc)
        rc = map(spool, path, (size_t)head.capacity, err);
    if (!rc && !read_marks(spool))
        rc = err_set(err, FATAL, "SPOOL_DAMAGED",
                     "the spool %s does not say any more where it begins; move it away", path);
    return rc;
}

int spool_open(const char *path, size_t capacity, enum spool_sync sync, struct spool **out,
               struct err *err)
{
    struct spool *spool = calloc(1, sizeof *spool);
    int rc;

    if (!spool)
        return err_no_memory(err);
    spool->sync = sync;
    spool->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    rc = spool->fd < 0 ? unusable(err, path, "opened") : open_within(spool, path, capacity, err);
    if (rc) {
        spool_close(spool);
        return rc;
    }
    spool->synced = spool->tail;
    *out = spool;
    return DONE;
}

void spool_close(struct spool *spool)
{
    if (spool->map)
        munmap(spool->map, HEAD_BYTES + spool->capacity);
    if (spool->fd >= 0)
        close(spool->fd);
    free(spool);
}

char *spool_memory(const struct spool *spool)
{
    return spool->map + HEAD_BYTES;
}

size_t spool_capacity(const struct spool *spool)
{
    return spool->capacity;
}

uint64_t spool_tail(const struct spool *spool)
{
    return spool->tail;
}

static int sync_bytes(const struct spool *spool, size_t from, size_t to, struct err *err)
{
    from -= from % (size_t)sysconf(_SC_PAGESIZE);
    if (!msync(spool->map + from, to - from, MS_SYNC))
        return DONE;
    return err_set(err, RETRY, "SPOOL_SYNC", "the spool cannot be brought to the disk: %s",
                   strerror(errno));
}

static int sync_ring(const struct spool *spool, uint64_t from, uint64_t to, struct err *err)
{
    const size_t begin = (size_t)(from % spool->capacity), size = (size_t)(to - from);
    const size_t first = size < spool->capacity - begin ? size : spool->capacity - begin;
    int rc = sync_bytes(spool, HEAD_BYTES + begin, HEAD_BYTES + begin + first, err);

    return rc || first == size ? rc : sync_bytes(spool, HEAD_BYTES, HEAD_BYTES + size - first, err);
}

int spool_appended(struct spool *spool, uint64_t from, uint64_t to, struct err *err)
{
    return spool->sync == SPOOL_SYNC_EACH ? sync_ring(spool, from, to, err) : DONE;
}

int spool_release(struct spool *spool, uint64_t tail, struct err *err)
{
    write_mark(spool, tail);
    return spool->sync == SPOOL_SYNC_NONE ? DONE : sync_bytes(spool, 0, HEAD_BYTES, err);
}

int spool_sync_to(struct spool *spool, uint64_t head, struct err *err)
{
    uint64_t from = spool->synced;
    int rc;

    if (spool->sync != SPOOL_SYNC_INTERVAL || from == head)
        return DONE;
    if (head - from > spool->capacity)
        from = head - spool->capacity;
    rc = sync_ring(spool, from, head, err);
    if (!rc)
        spool->synced = head;
    return rc;
}
