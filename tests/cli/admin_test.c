// SPDX-License-Identifier: Apache-2.0
// The admin listener over a real socket: what it answers, to whom, and what it refuses to bind.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve/admin.h"

static char answer[64 * 1024];

struct world {
    struct admin *admin;
    bool ready;
};

static void render_metrics(void *self, struct buffer *out)
{
    (void)self;
    buffer_append_text(out, "a_metric 1\n");
}

static bool is_ready(void *self, struct buffer *reasons)
{
    struct world *world = self;

    if (!world->ready)
        buffer_append_text(reasons, "postgres: connection refused\n");
    return world->ready;
}

static int start(void **state)
{
    static struct world world;
    struct admin_callbacks callbacks = {&world, render_metrics, is_ready};
    struct listen_address address = {"127.0.0.1", 0};
    struct err err;

    world = (struct world){0};
    *state = &world;
    return admin_start(&address, &callbacks, &world.admin, &err);
}

static int stop_listening(void **state)
{
    admin_stop(((struct world *)*state)->admin);
    return 0;
}

// Sends the request whole and reads until the listener closes.
static const char *ask(struct world *world, const char *request)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(admin_port(world->admin)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    size_t size = 0;
    ssize_t got;

    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
    while (size < sizeof answer - 1 &&
           (got = recv(fd, answer + size, sizeof answer - 1 - size, 0)) > 0)
        size += (size_t)got;
    answer[size] = '\0';
    close(fd);
    return answer;
}

#define CLOSE " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

static void begins_with(const char *text, const char *beginning)
{
    if (strncmp(text, beginning, strlen(beginning)))
        fail_msg("\"%.100s\" does not begin with \"%s\"", text, beginning);
}

static const char *body(const char *text)
{
    const char *end = strstr(text, "\r\n\r\n");

    assert_non_null(end);
    return end + 4;
}

static void serves_what_operators_ask_for(void **state)
{
    struct world *world = *state;
    const char *text = ask(world, "GET /metrics" CLOSE);

    begins_with(text, "HTTP/1.1 200 ");
    assert_non_null(strstr(text, "Content-Type: text/plain; version=0.0.4"));
    assert_string_equal(body(text), "a_metric 1\n");
    text = ask(world, "GET /livez" CLOSE);
    begins_with(text, "HTTP/1.1 200 ");
    assert_string_equal(body(text), "ok\n");
    text = ask(world, "HEAD /livez" CLOSE);
    begins_with(text, "HTTP/1.1 200 ");
    assert_string_equal(body(text), "");
}

static void is_ready_when_told_so_and_says_why_not(void **state)
{
    struct world *world = *state;
    const char *text = ask(world, "GET /readyz" CLOSE);

    begins_with(text, "HTTP/1.1 503 ");
    assert_string_equal(body(text), "postgres: connection refused\n");
    world->ready = true;
    begins_with(ask(world, "GET /readyz?x=1" CLOSE), "HTTP/1.1 200 ");
}

static void refuses_the_rest(void **state)
{
    struct world *world = *state;
    const char *text = ask(world, "GET /" CLOSE);

    begins_with(text, "HTTP/1.1 404 ");
    text = ask(world, "POST /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                      "Content-Length: 3\r\n\r\nabc");
    begins_with(text, "HTTP/1.1 405 ");
    assert_non_null(strstr(text, "Allow: GET, HEAD"));
    begins_with(ask(world, "TRACE /livez" CLOSE), "HTTP/1.1 405 ");
    begins_with(ask(world, "GET /livez" CLOSE), "HTTP/1.1 200 "); // and lives on
}

static void says_why_an_address_cannot_be_had(void **state)
{
    struct world *world = *state;
    struct admin_callbacks callbacks = {world, render_metrics, is_ready};
    struct listen_address taken = {"127.0.0.1", admin_port(world->admin)};
    struct listen_address foreign = {"192.0.2.1", 0};
    struct listen_address unknown = {"no such host", 0};
    struct admin *other = NULL;
    struct err err;

    assert_int_equal(admin_start(&taken, &callbacks, &other, &err), FATAL);
    assert_non_null(strstr(err.text, "Address already in use"));
    assert_int_equal(admin_start(&foreign, &callbacks, &other, &err), FATAL);
    assert_non_null(strstr(err.text, "192.0.2.1"));
    assert_int_equal(admin_start(&unknown, &callbacks, &other, &err), FATAL);
    assert_non_null(strstr(err.text, "no such host"));
    assert_null(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(serves_what_operators_ask_for, start, stop_listening),
        cmocka_unit_test_setup_teardown(is_ready_when_told_so_and_says_why_not, start,
                                        stop_listening),
        cmocka_unit_test_setup_teardown(refuses_the_rest, start, stop_listening),
        cmocka_unit_test_setup_teardown(says_why_an_address_cannot_be_had, start, stop_listening),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
