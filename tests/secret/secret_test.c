// SPDX-License-Identifier: Apache-2.0
// A secret out of a file or of a command: whole, or a word that says why not and does not repeat
// it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "secret/command.h"
#include "secret/secret.h"
#include "support/failing_malloc.h"

static struct buffer secret;
static struct err err;
static char path[64];

static int begin(void **state)
{
    int file;

    (void)state;
    buffer_init(&secret);
    snprintf(path, sizeof path, "/tmp/secret_test-XXXXXX");
    file = mkstemp(path);
    return file < 0 || close(file);
}

static int end(void **state)
{
    (void)state;
    failing_malloc_never();
    secret_wipe(&secret);
    return unlink(path);
}

static void write_file(const char *text, size_t size)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static int read_it(const char *file, const char *command)
{
    const struct secret_source source = {"kafka.sasl.password", file, command};

    buffer_clear(&secret);
    return secret_read(&source, &secret, &err);
}

static void refuses(const char *file, const char *command, const char *words)
{
    assert_int_equal(read_it(file, command), RETRY);
    assert_string_equal(err.reason, "SECRET_UNREADABLE");
    if (!strstr(err.text, words))
        fail_msg("\"%s\" lacks \"%s\"", err.text, words);
    assert_null(strstr(err.text, "hunter2"));
}

static void one_newline_is_none_of_it(void **state)
{
    (void)state;
    write_file("hunter2\r\n", 9);
    assert_int_equal(read_it(path, NULL), DONE);
    assert_string_equal(secret.data, "hunter2");
    assert_int_equal(secret.size, 7);
    write_file("hunter2\n\n", 9);
    assert_int_equal(read_it(path, NULL), DONE);
    assert_string_equal(secret.data, "hunter2\n");
    assert_int_equal(read_it(NULL, "printf 'hunter%d\\n' 2"), DONE);
    assert_string_equal(secret.data, "hunter2");
}

static void what_is_no_secret_is_told(void **state)
{
    char large[SECRET_MAX_BYTES + 1];

    (void)state;
    refuses("/none/such", NULL,
            "kafka.sasl.password.file: cannot read \"/none/such\": No such file");
    refuses("/tmp", NULL, "cannot read");
    write_file("\n", 1);
    refuses(path, NULL, "it is empty");
    write_file("hunter2\0x", 9);
    refuses(path, NULL, "not a text");
    memset(large, 'x', sizeof large);
    write_file(large, sizeof large);
    refuses(path, NULL, "not a text of at most 65536 bytes");
    write_file(large, sizeof large - 1);
    assert_int_equal(read_it(path, NULL), DONE);
    assert_int_equal(secret.size, SECRET_MAX_BYTES);
}

static void a_command_that_fails_is_told(void **state)
{
    (void)state;
    refuses(NULL, "echo hunter2; exit 7",
            "kafka.sasl.password.command: the command ended with status 7");
    refuses(NULL, "echo hunter2; kill -9 $$", "ended by signal 9");
    refuses(NULL, "true", "it is empty");
    refuses(NULL, "/none/such 2>/dev/null", "ended with status 127");
    refuses(NULL, "head -c 100000 /dev/zero", "printed too much");
    refuses(NULL, "cat", "it is empty"); // its input has an end
}

static void what_hangs_is_killed_with_what_it_started(void **state)
{
    char room[16], command[128];
    size_t printed;

    (void)state;
    snprintf(command, sizeof command, "sleep 600 & echo $! > %s; wait", path);
    assert_int_equal(command_run(command, 300, room, sizeof room, &printed, &err), RETRY);
    assert_non_null(strstr(err.text, "did not end within"));
    assert_int_equal(read_it(path, NULL), DONE);
    snprintf(command, sizeof command,
             "while kill -0 %s 2>/dev/null; do sleep 0.01; done; echo gone", secret.data);
    assert_int_equal(command_run(command, 10 * 1000, room, sizeof room, &printed, &err), DONE);
    assert_memory_equal(room, "gone\n", printed);
}

static void without_memory_it_is_tried_again(void **state)
{
    (void)state;
    write_file("hunter2\n", 8);
    for (long n = 1; n < 20; n++) {
        int rc;

        secret_wipe(&secret);
        failing_malloc_after(n);
        rc = read_it(path, NULL);
        if (!failing_malloc_happened())
            break;
        assert_int_equal(rc, RETRY);
        assert_string_equal(err.reason, "OUT_OF_MEMORY");
    }
    failing_malloc_never();
    assert_int_equal(read_it(path, NULL), DONE);
    assert_string_equal(secret.data, "hunter2");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_newline_is_none_of_it),        TEST(what_is_no_secret_is_told),
        TEST(a_command_that_fails_is_told),     TEST(what_hangs_is_killed_with_what_it_started),
        TEST(without_memory_it_is_tried_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
