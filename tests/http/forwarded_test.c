// SPDX-License-Identifier: Apache-2.0
// Addresses and networks as operators and proxies write them, and what a trusted proxy says.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/forwarded.h"

static struct network network(const char *text)
{
    struct network out;

    if (!network_read(slice_of(text), &out))
        fail_msg("%s is no network", text);
    return out;
}

static bool is_in(const char *in, const char *address)
{
    const struct network one = network(in);
    struct address read;

    if (!address_read(slice_of(address), &read))
        fail_msg("%s is no address", address);
    return networks_have(&(struct networks){&one, 1}, &read);
}

static void a_network_has_its_addresses(void **state)
{
    (void)state;
    assert_true(is_in("10.0.0.0/8", "10.255.0.1"));
    assert_false(is_in("10.0.0.0/8", "11.0.0.1"));
    assert_true(is_in("192.0.2.128/25", "192.0.2.200"));
    assert_false(is_in("192.0.2.128/25", "192.0.2.100"));
    assert_true(is_in("127.0.0.1", "127.0.0.1"));
    assert_false(is_in("127.0.0.1", "127.0.0.2"));
    assert_true(is_in("0.0.0.0/0", "203.0.113.9"));
    assert_false(is_in("0.0.0.0/0", "2001:db8::1"));
    assert_true(is_in("::/0", "203.0.113.9"));
    assert_true(is_in("fd00::/8", "fdab::1"));
    assert_false(is_in("fd00::/8", "fe80::1"));
    assert_true(is_in("10.0.0.1", "::ffff:10.0.0.1")); // as a socket for both has it
    assert_true(is_in("10.0.0.1", "10.0.0.1:4711"));
    assert_true(is_in("::1", "[::1]:80"));
    assert_true(is_in("::1", "[::1]"));
}

static bool are_of_one_owner(const char *one, const char *other)
{
    struct address addresses[2];

    if (!address_read(slice_of(one), &addresses[0]) ||
        !address_read(slice_of(other), &addresses[1]))
        fail_msg("%s or %s is no address", one, other);
    return slice_equal(address_owner(&addresses[0]), address_owner(&addresses[1]));
}

static void an_owner_has_many_addresses_of_ipv6(void **state)
{
    (void)state;
    assert_true(are_of_one_owner("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff"));
    assert_false(are_of_one_owner("2001:db8:0:1::1", "2001:db8:0:2::1"));
    assert_true(are_of_one_owner("192.0.2.1", "::ffff:192.0.2.1"));
    assert_false(are_of_one_owner("192.0.2.1", "192.0.2.2"));
    assert_false(are_of_one_owner("192.0.2.1", "::1"));
}

static void what_is_no_network_is_refused(void **state)
{
    static const char *const texts[] = {"",           "10.0.0.0/",    "10.0.0.0/33", "::/129",
                                        "10.0.0.0/x", "10.0.0.0/-1",  "10.0.0",      "host",
                                        "[::1]",      "10.0.0.0/0008"};
    struct network out;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (network_read(slice_of(texts[i]), &out))
            fail_msg("%s is taken for a network", texts[i]);
}

// The client for whom somebody with these headers asks; "" if none is named.
static void client_is(const char *first, const char *second, const char *expected)
{
    const struct network trusted[] = {network("10.0.0.0/8"), network("fd00::/8")};
    const struct networks networks = {trusted, 2};
    const struct named_text headers[] = {
        {SLICE_LITERAL("X-Forwarded-For"), slice_of(first)},
        {SLICE_LITERAL("Accept"), SLICE_LITERAL("203.0.113.1")},
        {SLICE_LITERAL("x-forwarded-for"), slice_of(second ? second : "")},
    };
    const struct request request = {.headers = headers, .header_count = second ? 3 : 2};
    struct address got, want;

    if (!*expected) {
        assert_false(forwarded_client(&request, &networks, &got));
        return;
    }
    assert_true(address_read(slice_of(expected), &want));
    assert_true(forwarded_client(&request, &networks, &got));
    assert_memory_equal(got.bytes, want.bytes, sizeof got.bytes);
}

static void the_client_is_the_last_whom_nobody_trusts(void **state)
{
    (void)state;
    client_is("198.51.100.7", NULL, "198.51.100.7");
    client_is("1.1.1.1, 198.51.100.7 , 10.1.2.3", NULL, "198.51.100.7"); // 1.1.1.1 is its own word
    client_is("1.1.1.1", "198.51.100.7", "198.51.100.7");
    client_is("198.51.100.7", "10.0.0.1,fd00::2", "198.51.100.7");
    client_is("2001:db8::5", "[fd00::1]:99", "2001:db8::5");
    client_is("10.0.0.1, 10.0.0.2", NULL, "");
    client_is("198.51.100.7, unknown", NULL, "");
    client_is("198.51.100.7,", NULL, "");
    client_is("", NULL, "");
}

static void only_what_can_stand_in_an_address_is_a_host(void **state)
{
    static const char *const bad[] = {"",     "a b",    "a/b",  "a@b",  "a?b",       "a#b",
                                      "a,b",  "\"a",    "a<b",  ":80",  "a:b:80",    "]:80",
                                      "[::1", "[x]:80", "a:8x", "a\\b", "b\xc3\xa9", "a%2fb"};
    struct named_text header = {SLICE_LITERAL("Host"), SLICE_LITERAL("[::1]:8080")};
    const struct request request = {.headers = &header, .header_count = 1};

    (void)state;
    assert_true(slice_equal(asked_host(&request), header.value));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        header.value = slice_of(bad[i]);
        assert_true(slice_is_null(asked_host(&request)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_has_its_addresses),
        cmocka_unit_test(an_owner_has_many_addresses_of_ipv6),
        cmocka_unit_test(what_is_no_network_is_refused),
        cmocka_unit_test(the_client_is_the_last_whom_nobody_trusts),
        cmocka_unit_test(only_what_can_stand_in_an_address_is_a_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
