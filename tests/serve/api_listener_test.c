// SPDX-License-Identifier: Apache-2.0
// The listener over real sockets: what goes in byte by byte, and what comes out. One thread
// answers, since the made world is nobody's but one thread's.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "api/asking.h"
#include "serve/http/api_listener.h"

enum { PER_ADDRESS = 4, CONNECTIONS = 16 };

static struct api_listener *listener;
static struct rate *rate;
static struct api api;
static char received[256 * 1024];

static struct slow { // 0: as always
    int64_t asks_us, answers_us;
} slow;

static struct networks trusted; // none but where a test says so
static unsigned per_address = PER_ADDRESS;

static int start_with(uint32_t burst)
{
    static const char *const none[] = {NULL}, *const topics[] = {"job.events", NULL};
    const struct api_listener_options options = {.listen = {.host = "127.0.0.1"},
                                                 .api = &api,
                                                 .readers = 1,
                                                 .connections = CONNECTIONS,
                                                 .asks_us = slow.asks_us,
                                                 .answers_us = slow.answers_us,
                                                 .connections_per_address = per_address,
                                                 .trusted_proxies = trusted};
    struct err err;

    made_world_reset();
    assert_int_equal(rate_new(1, burst, &rate, &err), DONE);
    api = (struct api){.base_url = "",
                       .cors_origins = none,
                       .event_topics = topics,
                       .rate = rate,
                       .cancel_rate = rate};
    api.wait_for_us = 5 * US_PER_SECOND;
    api.gate.rules = (struct gate_rules){INT64_MAX / 2, 0, 1};
    assert_int_equal(api_listener_start(&options, &listener, &err), DONE);
    return 0;
}

static int start(void **state)
{
    (void)state;
    return start_with(1000);
}

static int stop_listening(void **state)
{
    (void)state;
    api_listener_free(listener);
    listener = NULL;
    rate_free(rate);
    return 0;
}

static int connect_to(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(api_listener_port(listener))};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = 20},
               sizeof(struct timeval));
    return fd;
}

static void say(int fd, const char *text)
{
    (void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
}

// All that comes until the other side closes. The status.
static int hear(int fd)
{
    size_t size = 0;
    ssize_t got;

    while ((got = recv(fd, received + size, sizeof received - 1 - size, 0)) > 0)
        size += (size_t)got;
    received[size] = '\0';
    close(fd);
    return size > 12 ? atoi(received + 9) : 0;
}

static int converse(const char *text)
{
    int fd = connect_to();

    say(fd, text);
    return hear(fd);
}

#define HEAD_END "Host: x\r\nConnection: close\r\nAuthorization: " ADMIN "\r\n\r\n"

static void an_answer_comes_whole(void **state)
{
    (void)state;
    assert_int_equal(converse("GET " ORG "/jobs HTTP/1.1\r\n" HEAD_END), 200);
    assert_non_null(strstr(received, "Content-Type: application/json\r\n"));
    assert_non_null(strstr(received, "Jobtrail-As-Of: "));
    assert_non_null(strstr(received, "\"numberReturned\":5"));
    assert_int_equal(converse("HEAD " ORG "/jobs HTTP/1.1\r\n" HEAD_END), 200);
    assert_null(strstr(received, "numberReturned"));
    assert_non_null(strstr(received, "ETag: W/\""));
}

static void addresses_come_as_they_were_sent(void **state)
{
    (void)state;
    assert_int_equal(converse("GET " ORG "/jobs%2Fa1 HTTP/1.1\r\n" HEAD_END), 404);
    assert_int_equal(converse("GET " ORG "/jobs/a1%00 HTTP/1.1\r\n" HEAD_END), 400);
    assert_int_equal(converse("GET " ORG "/jobs/a1/../b1 HTTP/1.1\r\n" HEAD_END), 400);
    assert_int_equal(converse("GET " ORG "/jobs?q=%41%26&limit=1 HTTP/1.1\r\n" HEAD_END), 200);
    assert_int_equal(made_world.filter.text.size, 2);
    assert_int_equal(converse("GET http://x" ORG "/jobs HTTP/1.1\r\n" HEAD_END), 400);
}

static void wrong_methods_are_told_what_is_right(void **state)
{
    (void)state;
    assert_int_equal(converse("TRACE " ORG "/jobs HTTP/1.1\r\n" HEAD_END), 405);
    assert_non_null(strstr(received, "Allow: GET, HEAD, OPTIONS\r\n"));
    assert_int_equal(converse("BREW " ORG "/jobs/a1 HTTP/1.1\r\n" HEAD_END), 405);
    assert_non_null(strstr(received, "Allow: GET, HEAD, DELETE, OPTIONS\r\n"));
}

static void bodies_are_bounded(void **state)
{
    static char request[80 * 1024];
    int head, fd;

    (void)state;
    assert_int_equal(converse("POST " ORG "/jobs/a1/cancel-requests HTTP/1.1\r\n"
                              "Content-Length: 65537\r\n" HEAD_END),
                     413);
    assert_int_equal(converse("POST " ORG "/jobs/a1/cancel-requests HTTP/1.1\r\n"
                              "Content-Length: 18446744073709551616\r\n" HEAD_END) /
                         100,
                     4);
    head = sprintf(request, "POST " ORG "/jobs/a1/cancel-requests HTTP/1.1\r\n"
                            "Transfer-Encoding: chunked\r\n" HEAD_END "11170\r\n");
    memset(request + head, ' ', 70000);
    memcpy(request + head + 70000, "\r\n0\r\n\r\n", 8);
    fd = connect_to();
    say(fd, request);
    assert_int_equal(hear(fd), 413);
    assert_int_equal(made_world.decisions, 0);
}

static void a_body_comes_in_pieces(void **state)
{
    int fd = connect_to();

    (void)state;
    say(fd,
        "POST " ORG "/jobs/a1/cancel-requests HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        "Authorization: " ADA "\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n");
    say(fd, "{\"reason\"");
    usleep(20000);
    say(fd, ":\"abc\"}");
    assert_int_equal(hear(fd), 202);
    assert_non_null(strstr(received, "\"reason\":\"abc\""));
}

static void one_address_has_so_many_connections(void **state)
{
    int fds[PER_ADDRESS];

    (void)state;
    for (size_t i = 0; i < PER_ADDRESS; i++)
        fds[i] = connect_to();
    for (size_t i = 0; i < PER_ADDRESS; i++) { // each has been accepted once it is answered
        say(fds[i], "GET " ORG "/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: " ADMIN "\r\n\r\n");
        assert_true(recv(fds[i], received, sizeof received, 0) > 0);
    }
    assert_int_equal(converse("GET " ORG "/jobs HTTP/1.1\r\n" HEAD_END), 0);
    for (size_t i = 0; i < PER_ADDRESS; i++)
        close(fds[i]);
}

static int start_where_one_address_may_have_all(void **state)
{
    per_address = CONNECTIONS;
    return start(state);
}

static int stop_where_one_address_may_have_all(void **state)
{
    per_address = PER_ADDRESS;
    return stop_listening(state);
}

static int start_behind_a_proxy(void **state)
{
    static struct network here;

    assert_true(network_read(SLICE_LITERAL("127.0.0.0/8"), &here));
    trusted = (struct networks){&here, 1};
    return start(state);
}

static int stop_behind_a_proxy(void **state)
{
    trusted = (struct networks){0};
    return stop_listening(state);
}

#define FOR_CLIENT(last) "X-Forwarded-For: 1.1.1.1, 198.51.100." last ", 127.0.0.9\r\n" HEAD_END
#define LIST_FOR(last)   "GET " ORG "/jobs HTTP/1.1\r\n" FOR_CLIENT(last)
#define BEGINNING_FOR(last)                                                                        \
    "POST " ORG "/jobs/j/cancel-requests HTTP/1.1\r\nContent-Length: 2\r\n"                        \
    "Expect: 100-continue\r\n" FOR_CLIENT(last)

static void behind_a_proxy_each_client_has_so_many_requests(void **state)
{
    int fds[PER_ADDRESS], status = 0;

    (void)state;
    for (size_t i = 0; i < PER_ADDRESS; i++) {
        fds[i] = connect_to();
        say(fds[i], BEGINNING_FOR("7"));
        assert_true(recv(fds[i], received, sizeof received, 0) > 0); // its headers were read
    }
    assert_int_equal(converse(LIST_FOR("7")), 429);
    assert_non_null(strstr(received, "Retry-After: "));
    assert_int_equal(converse(LIST_FOR("8")), 200);
    assert_int_equal(converse("GET " ORG "/jobs HTTP/1.1\r\n" HEAD_END), 200); // for nobody
    for (size_t i = 0; i < PER_ADDRESS; i++)
        close(fds[i]);
    for (int tries = 0; tries < 1000 && status != 200; tries++) {
        usleep(10000);
        status = converse(LIST_FOR("7"));
    }
    assert_int_equal(status, 200);
}

static void whoever_only_holds_connections_keeps_nobody_out(void **state)
{
    int held[2 * CONNECTIONS];

    (void)state;
    for (size_t i = 0; i < 2 * CONNECTIONS; i++) {
        held[i] = connect_to();
        if (i % 2) // half of a request
            say(held[i], "GET " ORG "/jobs HTTP/1.1\r\n");
    }
    for (int i = 0; i < 3; i++)
        assert_int_equal(converse("GET " ORG "/jobs HTTP/1.1\r\n" HEAD_END), 200);
    assert_int_equal(recv(held[0], received, 1, 0), 0); // the oldest gave way
    for (size_t i = 0; i < 2 * CONNECTIONS; i++)
        close(held[i]);
}

// What a proxy says would be among those that are not looked at.
static void more_headers_than_are_looked_at_are_refused(void **state)
{
    char text[8 * 1024];
    size_t size = (size_t)snprintf(text, sizeof text, "GET " ORG "/jobs HTTP/1.1\r\n");

    (void)state;
    for (int i = 0; i < 97; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "X-%d: y\r\n", i);
    snprintf(text + size, sizeof text - size, HEAD_END);
    assert_int_equal(converse(text), 200);
    snprintf(text + size, sizeof text - size, "X-97: y\r\n" HEAD_END);
    assert_int_equal(converse(text), 431);
    assert_non_null(strstr(received, "too-many-headers"));
}

static void what_was_asked_is_answered_before_the_end(void **state)
{
    int waiting = connect_to();

    (void)state;
    say(waiting, "GET " ORG "/jobs HTTP/1.1\r\nJobtrail-Wait-For: 0:1\r\n" HEAD_END);
    usleep(200000);
    api_listener_free(listener);
    listener = NULL;
    assert_int_equal(hear(waiting), 503);
}

static int start_with_little_time_to_ask(void **state)
{
    slow = (struct slow){.asks_us = US_PER_SECOND / 2};
    return start(state);
}

static int start_with_little_time_to_answer(void **state)
{
    slow = (struct slow){.answers_us = US_PER_SECOND / 2};
    return start(state);
}

static int stop_slow(void **state)
{
    slow = (struct slow){0};
    return stop_listening(state);
}

// Goes on sending, byte by byte, until the other side is gone; fails if it does not go.
static void trickle(int fd)
{
    const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
    char byte;

    for (int i = 0; i < 600; i++) {
        if (send(fd, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN)
            return;
        nanosleep(&pause, NULL);
        if (slow.asks_us && recv(fd, &byte, 1, MSG_DONTWAIT) == 0)
            return;
    }
    fail_msg("the connection is not ended");
}

static void who_trickles_a_request_is_hung_up_on(void **state)
{
    int fd = connect_to();

    (void)state;
    say(fd, "GET " ORG "/jobs HTTP/1.1\r\nHost: x\r\nX: ");
    trickle(fd);
    close(fd);
    // Whoever asks in time is answered.
    assert_int_equal(converse("GET " ORG "/jobs HTTP/1.1\r\n" HEAD_END), 200);
}

// Asks for more than all buffers hold, and takes nothing of it.
static void who_takes_no_answer_is_hung_up_on(void **state)
{
    int fd = connect_to();

    (void)state;
    for (int i = 0; i < 500; i++)
        say(fd, "GET " ORG "/api HTTP/1.1\r\nHost: x\r\nAuthorization: " ADMIN "\r\n\r\n");
    say(fd, "GET " ORG "/");
    trickle(fd);
    close(fd);
}

static int start_with_little(void **state)
{
    (void)state;
    return start_with(2);
}

static void who_asks_too_much_is_told_to_wait(void **state)
{
    int last = 0;

    (void)state;
    for (int i = 0; i < 4 && last != 429; i++)
        last = converse("GET " ORG "/jobs HTTP/1.1\r\n" HEAD_END);
    assert_int_equal(last, 429);
    assert_non_null(strstr(received, "Retry-After: 1\r\n"));
}

static void who_asks_elsewhere_is_counted_too(void **state)
{
    char request[256];
    int last = 0;

    (void)state;
    for (int i = 0; i < 4 && last != 429; i++) { // another address each time
        snprintf(request, sizeof request, "GET /organizations/org-%d/jobs HTTP/1.1\r\n" HEAD_END,
                 i);
        last = converse(request);
        assert_true(last == 404 || last == 429);
    }
    assert_int_equal(last, 429);
    // At home it counts for itself.
    assert_int_equal(converse("GET " ORG "/jobs HTTP/1.1\r\n" HEAD_END), 200);
}

static void no_body_and_no_length_where_there_is_none(void **state)
{
    char request[1024], *tag, *end;

    (void)state;
    converse("GET " ORG "/jobs HTTP/1.1\r\n" HEAD_END);
    tag = strstr(received, "ETag: ") + 6;
    end = strstr(tag, "\r\n");
    snprintf(request, sizeof request,
             "GET " ORG "/jobs HTTP/1.1\r\nIf-None-Match: %.*s\r\n" HEAD_END, (int)(end - tag),
             tag);
    assert_int_equal(converse(request), 304);
    assert_non_null(strstr(received, "ETag: W/"));
    assert_non_null(strstr(received, "Jobtrail-As-Of: "));
    assert_null(strstr(received, "{"));
    assert_null(strstr(received, "\r\nContent-Type"));
}

#define SERVED(name) cmocka_unit_test_setup_teardown(name, start, stop_listening)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(an_answer_comes_whole),
        SERVED(addresses_come_as_they_were_sent),
        SERVED(wrong_methods_are_told_what_is_right),
        SERVED(bodies_are_bounded),
        SERVED(a_body_comes_in_pieces),
        SERVED(one_address_has_so_many_connections),
        cmocka_unit_test_setup_teardown(whoever_only_holds_connections_keeps_nobody_out,
                                        start_behind_a_proxy, stop_behind_a_proxy),
        cmocka_unit_test_setup_teardown(whoever_only_holds_connections_keeps_nobody_out,
                                        start_where_one_address_may_have_all,
                                        stop_where_one_address_may_have_all),
        SERVED(more_headers_than_are_looked_at_are_refused),
        cmocka_unit_test_setup_teardown(behind_a_proxy_each_client_has_so_many_requests,
                                        start_behind_a_proxy, stop_behind_a_proxy),
        SERVED(what_was_asked_is_answered_before_the_end),
        SERVED(no_body_and_no_length_where_there_is_none),
        cmocka_unit_test_setup_teardown(who_trickles_a_request_is_hung_up_on,
                                        start_with_little_time_to_ask, stop_slow),
        cmocka_unit_test_setup_teardown(who_takes_no_answer_is_hung_up_on,
                                        start_with_little_time_to_answer, stop_slow),
        cmocka_unit_test_setup_teardown(who_asks_too_much_is_told_to_wait, start_with_little,
                                        stop_listening),
        cmocka_unit_test_setup_teardown(who_asks_elsewhere_is_counted_too, start_with_little,
                                        stop_listening),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
