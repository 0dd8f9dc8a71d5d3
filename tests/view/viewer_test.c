// SPDX-License-Identifier: Apache-2.0
// From the header of a request to a viewer, with real keys and tokens; and members' rates.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "auth/issuer.h"
#include "view/rate.h"
#include "view/scope.h"

static struct issuer issuer;
static struct arena arena;

// What comes of an Authorization header; a star in it is a token with these claims.
static enum viewer_verdict identify(const char *pattern, const char *claims, struct viewer *out)
{
    char *token = made_token(issuer.ec, "ES256", "{\"alg\":\"ES256\",\"kid\":\"e\"}", claims);
    const struct viewer_rules rules = {issuer.verifier,
                                       {"/organization_id", "/role", "/sub", {NULL}}};
    const char *star = strchr(pattern, '*');
    char *value = star ? made_text("%.*s%s%s", (int)(star - pattern), pattern, token, star + 1)
                       : made_text("%s", pattern);
    const struct named_text header = {SLICE_LITERAL("Authorization"), slice_of(value)};
    const struct request request = {.headers = &header, .header_count = 1};
    enum viewer_verdict verdict;
    struct err err;

    arena_reset(&arena);
    verdict = viewer_identify(&rules, &request, SLICE_LITERAL("acme"), NOW_US, &arena, out, &err);
    free(value);
    free(token);
    return verdict;
}

#define GOOD CLAIMS ",\"organization_id\":\"acme\",\"role\":\"Manager\"}"

static void a_good_token_is_a_viewer(void **state)
{
    struct viewer viewer;

    (void)state;
    assert_int_equal(identify("Bearer *", GOOD, &viewer), VIEWER_KNOWN);
    assert_true(slice_equal(viewer.member, SLICE_LITERAL("ann")));
    assert_true(slice_equal(viewer.organization_id, SLICE_LITERAL("acme")));
    assert_int_equal(viewer.role, ROLE_MANAGER);
    assert_int_equal(identify("bearer   *", GOOD, &viewer), VIEWER_KNOWN);
}

static void whatever_else_is_none(void **state)
{
    static const struct {
        const char *value, *claims;
        enum viewer_verdict verdict;
    } cases[] = {
        {"*", GOOD, VIEWER_NO_TOKEN},
        {"Basic *", GOOD, VIEWER_NO_TOKEN},
        {"Bearer", GOOD, VIEWER_NO_TOKEN},
        {"Bearer ", GOOD, VIEWER_NO_TOKEN},
        {"Bearer*", GOOD, VIEWER_NO_TOKEN},
        {"", GOOD, VIEWER_NO_TOKEN},
        {"Bearer *x", GOOD, VIEWER_NOT_AUTHENTICATED},
        {"Bearer x*", GOOD, VIEWER_NOT_AUTHENTICATED},
        {"Bearer *, Bearer y", GOOD, VIEWER_NOT_AUTHENTICATED},
        {"Bearer *", CLAIMS ",\"organization_id\":\"other\",\"role\":\"Manager\"}",
         VIEWER_OTHER_ORGANIZATION},
        {"Bearer *", CLAIMS ",\"role\":\"Manager\"}", VIEWER_NOT_AUTHENTICATED},
        {"Bearer *", CLAIMS ",\"organization_id\":[\"acme\"],\"role\":\"Manager\"}",
         VIEWER_NOT_AUTHENTICATED},
        {"Bearer *", CLAIMS ",\"role\":{\"other\":\"Manager\"}}", VIEWER_OTHER_ORGANIZATION},
    };
    struct viewer viewer;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (identify(cases[i].value, cases[i].claims, &viewer) != cases[i].verdict)
            fail_msg("%s %s", cases[i].value, cases[i].claims);
    // The last is somebody, who counts.
    assert_true(slice_equal(viewer.member, SLICE_LITERAL("ann")));
    assert_int_equal(viewer.organization_id.size, 0);
    assert_int_equal(viewer.role, ROLE_NONE);
}

static void only_two_roles_read(void **state)
{
    static const struct {
        const char *role;
        bool reads, all;
    } cases[] = {{"Administrator", true, true},
                 {"Manager", true, false},
                 {"User", false, false},
                 {"administrator", false, false},
                 {"Owner", false, false}};
    struct viewer viewer;
    struct job_scope scope;
    char claims[512];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(claims, sizeof claims, CLAIMS ",\"organization_id\":\"acme\",\"role\":\"%s\"}",
                 cases[i].role);
        assert_int_equal(identify("Bearer *", claims, &viewer), VIEWER_KNOWN);
        assert_int_equal(scope_for_reading(&viewer, &scope), cases[i].reads);
        scope_for_cancelling(&viewer, &scope);
        assert_int_equal(slice_is_null(scope.creator_id), cases[i].all);
        assert_true(slice_equal(scope.organization_id, SLICE_LITERAL("acme")));
    }
}

static void each_member_has_a_rate(void **state)
{
    const struct slice org = SLICE_LITERAL("acme"), ann = SLICE_LITERAL("ann");
    struct rate *rate;
    struct err err;

    (void)state;
    assert_int_equal(rate_new(2, 4, &rate, &err), DONE);
    for (int i = 0; i < 4; i++)
        assert_true(rate_take(rate, org, ann, 1000));
    assert_false(rate_take(rate, org, ann, 1000));
    assert_true(rate_take(rate, org, SLICE_LITERAL("bob"), 1000));
    assert_true(rate_take(rate, SLICE_LITERAL("other"), ann, 1000));
    assert_false(rate_take(rate, org, ann, 1000 + 499999));
    assert_true(rate_take(rate, org, ann, 1000 + 500000));
    assert_false(rate_take(rate, org, ann, 1000 + 500001));
    // Never more than the burst, however long ago.
    for (int i = 0; i < 4; i++)
        assert_true(rate_take(rate, org, ann, 1000 * US_PER_SECOND));
    assert_false(rate_take(rate, org, ann, 1000 * US_PER_SECOND));
    rate_free(rate);
}

// More members than there is room for: nobody new is refused.
static void many_members_push_each_other_out(void **state)
{
    char member[32];
    struct rate *rate;
    struct err err;

    (void)state;
    assert_int_equal(rate_new(1, 1, &rate, &err), DONE);
    for (int i = 0; i < 100000; i++) {
        snprintf(member, sizeof member, "member-%d", i);
        assert_true(rate_take(rate, SLICE_LITERAL("acme"), slice_of(member), i + 1));
    }
    rate_free(rate);
}

static int open_issuer(void **state)
{
    (void)state;
    arena_init(&arena);
    issuer_open(&issuer, NULL);
    return 0;
}

static int close_issuer(void **state)
{
    (void)state;
    arena_reset(&arena);
    issuer_close(&issuer);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_token_is_a_viewer),
        cmocka_unit_test(whatever_else_is_none),
        cmocka_unit_test(only_two_roles_read),
        cmocka_unit_test(each_member_has_a_rate),
        cmocka_unit_test(many_members_push_each_other_out),
    };

    return cmocka_run_group_tests(tests, open_issuer, close_issuer);
}
