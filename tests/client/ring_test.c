// SPDX-License-Identifier: Apache-2.0
// The ring and its spool: what was appended is there in order, however often the file is opened
// anew, and whatever byte of it is damaged.
#include "client/ring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "property/dice.h"

enum { CAPACITY = 4096, HEAD_BYTES = 4096, ROUNDS = 20000, LONGEST = 700 };

static char path[] = "/tmp/jobtrail-ring-XXXXXX";

// Of so many bytes, told by a number.
struct made {
    struct entry head;
    char bytes[LONGEST + ENTRY_ALIGN];
};

static const struct entry *make(struct made *made, int number, size_t value_size)
{
    memset(made, 0, sizeof *made);
    memset(made->bytes, 'a' + number % 26, value_size);
    made->head = (struct entry){.value_size = (uint32_t)value_size,
                                .attempt = number,
                                .kind = JOB_STARTED,
                                .size = (uint32_t)entry_aligned(sizeof made->head + value_size)};
    return &made->head;
}

static void open_ring(struct ring *ring, uint64_t *damaged)
{
    struct spool *spool;
    struct err err;

    if (spool_open(path, CAPACITY, SPOOL_SYNC_NONE, &spool, &err))
        fail_msg("%s", err.text);
    ring_init_spool(ring, spool, damaged);
}

// Holds the ring against numbers from one to before another; returns how many bytes their values
// have.
static void expect_numbers(const struct ring *ring, int from, int to)
{
    uint64_t position = ring->tail;
    const struct entry *entry;

    assert_int_equal(ring->count, to - from);
    while ((entry = ring_next(ring, &position, ring->head))) {
        const struct slice value = entry_value(entry);

        assert_int_equal(entry->attempt, from);
        for (size_t i = 0; i < value.size; i++)
            assert_int_equal(value.data[i], 'a' + from % 26);
        from++;
    }
    assert_int_equal(from, to);
}

static void release_one(struct ring *ring)
{
    uint64_t position = ring->tail;
    struct err err;

    assert_non_null(ring_next(ring, &position, ring->head));
    assert_int_equal(ring_release(ring, position, 1, &err), DONE);
}

static void it_is_the_same_however_often_it_is_opened(void **state)
{
    struct dice dice = dice_from(7);
    struct made made;
    struct ring ring;
    struct err err;
    uint64_t damaged;
    int first = 0, next = 0;

    (void)state;
    unlink(path);
    open_ring(&ring, &damaged);
    for (int round = 0; round < ROUNDS; round++) {
        const struct entry *entry = make(&made, next, dice_below(&dice, LONGEST));

        if (ring_has_room(&ring, entry->size, ring.capacity)) {
            assert_int_equal(ring_append(&ring, entry, &err), DONE);
            next++;
        }
        while (first < next && dice_below(&dice, 2)) {
            release_one(&ring);
            first++;
        }
        if (dice_below(&dice, 50))
            continue;
        ring_close(&ring);
        open_ring(&ring, &damaged);
        assert_int_equal(damaged, 0);
        expect_numbers(&ring, first, next);
    }
    ring_close(&ring);
}

static void append_three(void)
{
    struct made made;
    struct ring ring;
    struct err err;
    uint64_t damaged;

    unlink(path);
    open_ring(&ring, &damaged);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ring_append(&ring, make(&made, i, 30), &err), DONE);
    ring_close(&ring);
}

static void change_byte(off_t at, char with, bool adds)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    char byte;

    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte = (char)(adds ? byte + with : with);
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

// What the process's state of an entry is means nothing to a later one.
static bool is_state(size_t at)
{
    return at >= offsetof(struct entry, state) &&
           at < offsetof(struct entry, state) + sizeof(uint32_t);
}

static void a_damaged_byte_costs_its_own_entry_alone(void **state)
{
    const size_t size = entry_aligned(sizeof(struct entry) + 30);

    (void)state;
    for (size_t at = 0; at < size; at++) {
        struct ring ring;
        uint64_t damaged, position;
        const struct entry *entry;

        append_three();
        change_byte((off_t)(HEAD_BYTES + size + at), 1, true);
        open_ring(&ring, &damaged);
        assert_int_equal(damaged, is_state(at) ? 0 : size);
        assert_int_equal(ring.count, is_state(at) ? 3 : 2);
        position = ring.tail;
        assert_int_equal(ring_next(&ring, &position, ring.head)->attempt, 0);
        entry = ring_next(&ring, &position, ring.head);
        assert_int_equal(entry->attempt, is_state(at) ? 1 : 2);
        ring_close(&ring);
    }
}

// Written up to each byte, and the rest as it was before: zeros.
static void a_torn_tail_costs_what_was_being_written(void **state)
{
    const size_t size = entry_aligned(sizeof(struct entry) + 30);

    (void)state;
    for (size_t kept = 0; kept < sizeof(struct entry) + 30; kept++) {
        struct made made;
        struct ring ring;
        struct err err;
        uint64_t damaged;

        append_three();
        for (size_t at = kept; at < size; at++)
            change_byte((off_t)(HEAD_BYTES + 2 * size + at), 0, false);
        open_ring(&ring, &damaged);
        expect_numbers(&ring, 0, 2);
        assert_int_equal(damaged, 0);
        assert_int_equal(ring_append(&ring, make(&made, 2, 7), &err), DONE);
        ring_close(&ring);
        open_ring(&ring, &damaged);
        expect_numbers(&ring, 0, 3);
        ring_close(&ring);
    }
}

static void a_damaged_mark_costs_nothing_and_two_are_told(void **state)
{
    struct ring ring;
    struct spool *spool;
    struct err err;
    uint64_t damaged;

    (void)state;
    append_three();
    open_ring(&ring, &damaged);
    release_one(&ring);
    release_one(&ring);
    ring_close(&ring);
    change_byte(512 * (1 + 3 % 2), 1, true); // the third mark: the second stands
    open_ring(&ring, &damaged);
    expect_numbers(&ring, 1, 3);
    ring_close(&ring);
    change_byte(512 * (1 + 2 % 2), 1, true);
    assert_int_equal(spool_open(path, CAPACITY, SPOOL_SYNC_NONE, &spool, &err), FATAL);
    assert_string_equal(err.reason, "SPOOL_DAMAGED");
}

static void what_is_no_spool_is_left_alone(void **state)
{
    struct spool *spool, *other;
    struct err err;

    (void)state;
    append_three();
    change_byte(3, 1, true);
    assert_int_equal(spool_open(path, CAPACITY, SPOOL_SYNC_NONE, &spool, &err), FATAL);
    assert_string_equal(err.reason, "SPOOL_FOREIGN");
    append_three();
    assert_int_equal(truncate(path, HEAD_BYTES + CAPACITY / 2), 0);
    assert_int_equal(spool_open(path, CAPACITY, SPOOL_SYNC_NONE, &spool, &err), FATAL);
    assert_string_equal(err.reason, "SPOOL_FOREIGN");
    append_three();
    assert_int_equal(spool_open(path, CAPACITY, SPOOL_SYNC_NONE, &spool, &err), DONE);
    assert_int_equal(spool_open(path, CAPACITY, SPOOL_SYNC_NONE, &other, &err), FATAL);
    assert_string_equal(err.reason, "SPOOL_IN_USE");
    spool_close(spool);
}

static void without_room_on_the_disk_it_is_not_made(void **state)
{
    struct spool *spool;
    struct err err;

    (void)state;
    unlink(path);
    assert_int_equal(spool_open(path, (size_t)1 << 60, SPOOL_SYNC_NONE, &spool, &err), FATAL);
    assert_string_equal(err.reason, "SPOOL_UNUSABLE");
    // And is there for the next, who wants less.
    assert_int_equal(spool_open(path, CAPACITY, SPOOL_SYNC_EACH, &spool, &err), DONE);
    assert_int_equal(spool_capacity(spool), CAPACITY);
    spool_close(spool);
}

static void a_limit_of_the_host_refuses_it_and_ends_nobody(void **state)
{
    struct rlimit before, less;
    struct spool *spool;
    struct err err;

    (void)state;
    unlink(path);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    less = before;
    less.rlim_cur = HEAD_BYTES + CAPACITY - 1;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &less), 0);
    assert_int_equal(spool_open(path, CAPACITY, SPOOL_SYNC_NONE, &spool, &err), FATAL);
    assert_string_equal(err.reason, "SPOOL_UNUSABLE");
    less.rlim_cur++;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &less), 0);
    assert_int_equal(spool_open(path, CAPACITY, SPOOL_SYNC_NONE, &spool, &err), DONE);
    spool_close(spool);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
}

static void a_copy_with_holes_gets_its_room(void **state)
{
    struct spool *spool;
    struct stat found;
    struct err err;

    (void)state;
    append_three();
    assert_int_equal(truncate(path, HEAD_BYTES), 0);
    assert_int_equal(truncate(path, HEAD_BYTES + CAPACITY), 0);
    assert_int_equal(stat(path, &found), 0);
    assert_true(found.st_blocks * 512 < HEAD_BYTES + CAPACITY);
    assert_int_equal(spool_open(path, CAPACITY, SPOOL_SYNC_NONE, &spool, &err), DONE);
    spool_close(spool);
    assert_int_equal(stat(path, &found), 0);
    assert_true(found.st_blocks * 512 >= HEAD_BYTES + CAPACITY);
}

static int name_file(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_same_however_often_it_is_opened),
        cmocka_unit_test(a_damaged_byte_costs_its_own_entry_alone),
        cmocka_unit_test(a_torn_tail_costs_what_was_being_written),
        cmocka_unit_test(a_damaged_mark_costs_nothing_and_two_are_told),
        cmocka_unit_test(what_is_no_spool_is_left_alone),
        cmocka_unit_test(without_room_on_the_disk_it_is_not_made),
        cmocka_unit_test(a_limit_of_the_host_refuses_it_and_ends_nobody),
        cmocka_unit_test(a_copy_with_holes_gets_its_room),
    };

    return cmocka_run_group_tests(tests, name_file, remove_file);
}
