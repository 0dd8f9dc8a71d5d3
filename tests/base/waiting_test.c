// SPDX-License-Identifier: Apache-2.0
// Waiting for other threads: descriptors that wake, and conditions with a limit.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/condition.h"
#include "base/wake.h"

static bool is_readable(int fd)
{
    struct pollfd polled = {.fd = fd, .events = POLLIN};

    return poll(&polled, 1, 0) == 1;
}

static void a_descriptor_wakes_until_it_is_cleared(void **state)
{
    int fd = wake_open();

    (void)state;
    assert_true(fd >= 0);
    assert_false(is_readable(fd));
    wake_clear(fd); // does not block
    for (int i = 0; i < 3; i++)
        wake_up(fd);
    assert_true(is_readable(fd));
    wake_clear(fd);
    assert_false(is_readable(fd));
    close(fd);
}

struct shared {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool is_done;
};

static void *finish(void *self)
{
    struct shared *shared = self;

    pthread_mutex_lock(&shared->mutex);
    shared->is_done = true;
    pthread_cond_signal(&shared->changed);
    pthread_mutex_unlock(&shared->mutex);
    return NULL;
}

static void a_condition_is_waited_for_until_its_moment(void **state)
{
    struct shared shared = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    pthread_t thread;

    (void)state;
    condition_init(&shared.changed);
    pthread_mutex_lock(&shared.mutex);
    assert_false(condition_wait_until(&shared.changed, &shared.mutex, clock_monotonic_us()));
    assert_int_equal(pthread_create(&thread, NULL, finish, &shared), 0);
    while (!shared.is_done)
        condition_wait_until(&shared.changed, &shared.mutex, INT64_MAX);
    pthread_mutex_unlock(&shared.mutex);
    pthread_join(thread, NULL);
    pthread_cond_destroy(&shared.changed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_descriptor_wakes_until_it_is_cleared),
        cmocka_unit_test(a_condition_is_waited_for_until_its_moment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
