// SPDX-License-Identifier: Apache-2.0
// Who the bearer of a token is, claim by claim.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "auth/claims.h"
#include "auth/identity.h"

static const struct identity_claims usual = {"/organization_id", "/role", "/sub", {NULL}};

static enum identity_verdict read_json(const char *payload, const struct identity_claims *where,
                                       const char *organization, struct identity *out)
{
    static char member[CLAIM_TEXT_MAX_BYTES + 1];
    json_t *claims = NULL;
    struct err err;
    enum identity_verdict verdict;

    assert_int_equal(claims_parse(slice_of(payload), &claims, &err), 0);
    verdict = identity_read_claims(claims, where, slice_of(organization), out);
    if (verdict == IDENTITY_KNOWN) {
        snprintf(member, sizeof member, "%.*s", (int)out->member.size, out->member.data);
        out->member = slice_of(member);
    }
    json_decref(claims);
    return verdict;
}

#define ORG ",\"organization_id\":\"acme\""

static void verdicts(void **state)
{
    static const struct {
        const char *payload;
        enum identity_verdict verdict;
        enum role role;
    } cases[] = {
        {"{\"sub\":\"ann\"" ORG ",\"role\":\"Administrator\"}", IDENTITY_KNOWN, ROLE_ADMINISTRATOR},
        {"{\"sub\":\"ann\"" ORG ",\"role\":\"Manager\"}", IDENTITY_KNOWN, ROLE_MANAGER},
        {"{\"sub\":\"ann\"" ORG ",\"role\":\"User\"}", IDENTITY_KNOWN, ROLE_USER},
        {"{\"sub\":\"ann\"" ORG ",\"role\":\"administrator\"}", IDENTITY_KNOWN, ROLE_NONE},
        {"{\"sub\":\"ann\"" ORG ",\"role\":\"Administrator \"}", IDENTITY_KNOWN, ROLE_NONE},
        {"{\"sub\":\"ann\"" ORG ",\"role\":\"Root\"}", IDENTITY_KNOWN, ROLE_NONE},
        {"{\"sub\":\"ann\"" ORG "}", IDENTITY_KNOWN, ROLE_NONE},
        {"{\"sub\":\"ann\"" ORG ",\"role\":\"\"}", IDENTITY_NOT_AUTHENTICATED, 0},
        {"{\"sub\":\"ann\"" ORG ",\"role\":7}", IDENTITY_NOT_AUTHENTICATED, 0},
        {"{\"sub\":\"ann\"" ORG ",\"role\":null}", IDENTITY_NOT_AUTHENTICATED, 0},
        {"{\"sub\":\"ann\"" ORG ",\"role\":[\"Administrator\"]}", IDENTITY_KNOWN,
         ROLE_ADMINISTRATOR},
        {"{\"sub\":\"ann\"" ORG ",\"role\":[\"offline_access\",\"User\",\"Manager\",\"User\"]}",
         IDENTITY_KNOWN, ROLE_MANAGER},
        {"{\"sub\":\"ann\"" ORG
         ",\"role\":[\"administrator\",\"\",7,null,[\"Manager\"],{\"acme\":\"User\"}]}",
         IDENTITY_KNOWN, ROLE_NONE},
        {"{\"sub\":\"ann\"" ORG ",\"role\":[]}", IDENTITY_KNOWN, ROLE_NONE},
        {"{"
         "\"x\":1" ORG ",\"role\":\"User\"}",
         IDENTITY_NOT_AUTHENTICATED, 0},
        {"{\"sub\":\"\"" ORG ",\"role\":\"User\"}", IDENTITY_NOT_AUTHENTICATED, 0},
        {"{\"sub\":7" ORG ",\"role\":\"User\"}", IDENTITY_NOT_AUTHENTICATED, 0},
        {"{\"sub\":[\"ann\"]" ORG ",\"role\":\"User\"}", IDENTITY_NOT_AUTHENTICATED, 0},
        {"{\"sub\":null" ORG "}", IDENTITY_NOT_AUTHENTICATED, 0},
        {"{\"sub\":\"ann\",\"role\":\"User\"}", IDENTITY_NOT_AUTHENTICATED, 0},
        {"{\"sub\":\"ann\",\"organization_id\":\"\",\"role\":\"User\"}", IDENTITY_NOT_AUTHENTICATED,
         0},
        {"{\"sub\":\"ann\",\"organization_id\":[\"acme\"],\"role\":\"User\"}",
         IDENTITY_NOT_AUTHENTICATED, 0},
        {"{\"sub\":\"ann\",\"organization_id\":\"acm\",\"role\":\"User\"}",
         IDENTITY_OTHER_ORGANIZATION, 0},
        {"{\"sub\":\"ann\",\"organization_id\":\"ACME\"}", IDENTITY_OTHER_ORGANIZATION, 0},
        {"{\"sub\":\"ann\",\"organization_id\":\"acme2\"}", IDENTITY_OTHER_ORGANIZATION, 0},
        {"{\"sub\":\"ann\",\"role\":{\"acme\":\"Manager\",\"other\":\"Administrator\"}}",
         IDENTITY_KNOWN, ROLE_MANAGER},
        {"{\"sub\":\"ann\",\"role\":{\"other\":\"Administrator\"}}", IDENTITY_OTHER_ORGANIZATION,
         0},
        {"{\"sub\":\"ann\",\"role\":{}}", IDENTITY_OTHER_ORGANIZATION, 0},
        {"{\"sub\":\"ann\",\"role\":{\"acme\":\"Root\"}}", IDENTITY_KNOWN, ROLE_NONE},
        {"{\"sub\":\"ann\",\"role\":{\"acme\":[\"Manager\",\"x\"],\"other\":[\"Administrator\"]}}",
         IDENTITY_KNOWN, ROLE_MANAGER},
        {"{\"sub\":\"ann\",\"role\":[{\"acme\":\"Manager\"}]}", IDENTITY_NOT_AUTHENTICATED, 0},
        {"{\"sub\":\"ann\",\"role\":{\"acme\":{\"acme\":\"Manager\"}}}", IDENTITY_NOT_AUTHENTICATED,
         0},
        {"{\"sub\":\"ann\"" ORG ",\"role\":{\"acme\":\"User\"}}", IDENTITY_KNOWN, ROLE_USER},
        {"{\"sub\":\"ann\"" ORG ",\"role\":{\"other\":\"User\"}}", IDENTITY_OTHER_ORGANIZATION, 0},
        {"{\"sub\":\"ann\",\"organization_id\":\"other\",\"role\":{\"acme\":\"User\"}}",
         IDENTITY_OTHER_ORGANIZATION, 0},
        {"{\"sub\":\"ann\",\"organization_id\":7,\"role\":{\"acme\":\"User\"}}",
         IDENTITY_NOT_AUTHENTICATED, 0},
    };
    struct identity who;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("%s\n", cases[i].payload);
        assert_int_equal(read_json(cases[i].payload, &usual, "acme", &who), cases[i].verdict);
        if (cases[i].verdict == IDENTITY_KNOWN) {
            assert_int_equal(who.role, cases[i].role);
            assert_true(slice_equal(who.member, SLICE_LITERAL("ann")));
        }
    }
}

static void no_organization_is_nobodys(void **state)
{
    struct identity who;

    (void)state;
    assert_int_equal(read_json("{\"sub\":\"ann\"}", &usual, NULL, &who),
                     IDENTITY_NOT_AUTHENTICATED);
    assert_int_equal(read_json("{\"sub\":\"ann\",\"role\":{\"\":\"User\"}}", &usual, "acme", &who),
                     IDENTITY_OTHER_ORGANIZATION);
}

static void claims_stand_where_the_configuration_says(void **state)
{
    static const struct identity_claims nested = {
        "/x/a~1b/org", "/https:~1~1x~0y/roles", "/m/id", {NULL}};
    struct identity who;

    (void)state;
    assert_int_equal(read_json("{\"x\":{\"a/b\":{\"org\":\"acme\"}},\"https://x~y\":{\"roles\":"
                               "\"Manager\"},\"m\":{\"id\":\"bob\"},\"sub\":\"ann\"}",
                               &nested, "acme", &who),
                     IDENTITY_KNOWN);
    assert_true(slice_equal(who.member, SLICE_LITERAL("bob")));
    assert_int_equal(who.role, ROLE_MANAGER);
    assert_int_equal(read_json("{\"x\":\"acme\",\"m\":[\"bob\"]}", &nested, "acme", &who),
                     IDENTITY_NOT_AUTHENTICATED);
}

static void roles_are_called_what_the_configuration_says(void **state)
{
    static const char *const administrators[] = {"jobs-admin", "realm-admin", NULL};
    static const char *const nobody[] = {NULL};
    static const struct identity_claims renamed = {
        "/organization_id",
        "/realm_access/roles",
        "/sub",
        {[ROLE_ADMINISTRATOR] = administrators, [ROLE_MANAGER] = nobody}};
    struct identity who;

    (void)state;
    assert_int_equal(read_json("{\"sub\":\"ann\"" ORG ",\"realm_access\":{\"roles\":[\"User\","
                               "\"realm-admin\"]}}",
                               &renamed, "acme", &who),
                     IDENTITY_KNOWN);
    assert_int_equal(who.role, ROLE_ADMINISTRATOR);
    assert_int_equal(read_json("{\"sub\":\"ann\"" ORG ",\"realm_access\":{\"roles\":[\"User\","
                               "\"Administrator\",\"Manager\"]}}",
                               &renamed, "acme", &who),
                     IDENTITY_KNOWN);
    assert_int_equal(who.role, ROLE_USER);
}

static void pointers(void **state)
{
    static const char *const right[] = {"/a", "/", "/a/b", "//", "/~0", "/~1", "/\xc3\xa9"};
    static const char *const wrong[] = {"", "a", "a/b", "#/a", "/~", "/~2", "/a~", "/\xff"};

    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_true(claims_pointer_is_valid(right[i]));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(claims_pointer_is_valid(wrong[i]));
}

static void texts_of_claims(void **state)
{
    char payload[600] = "{\"a\":\"", *end = payload + 6;
    json_t *claims;
    struct err err;

    (void)state;
    for (size_t size = 255; size <= 256; size++) {
        memset(end, 'x', size);
        memcpy(end + size, "\"}", 3);
        assert_int_equal(claims_parse(slice_of(payload), &claims, &err), 0);
        assert_int_equal(slice_is_null(claims_text(claims_find(claims, "/a"))), size == 256);
        json_decref(claims);
    }
    assert_true(slice_is_null(claims_text(NULL)));
    assert_int_equal(claims_parse(SLICE_LITERAL("{\"a\":\"\\u0000\"}"), &claims, &err), POISON);
    assert_int_equal(claims_parse(SLICE_LITERAL("{\"a\":\"x\\u0000y\"}"), &claims, &err), POISON);
    assert_int_equal(claims_parse(SLICE_LITERAL("{\"a\\u0000\":\"x\"}"), &claims, &err), POISON);
    assert_int_equal(claims_parse(SLICE_LITERAL("{\"a\":\"\\ud800\"}"), &claims, &err), POISON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),
        cmocka_unit_test(no_organization_is_nobodys),
        cmocka_unit_test(claims_stand_where_the_configuration_says),
        cmocka_unit_test(roles_are_called_what_the_configuration_says),
        cmocka_unit_test(pointers),
        cmocka_unit_test(texts_of_claims),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
