// SPDX-License-Identifier: Apache-2.0
// What was verified once is not verified again, and nothing but that is taken for verified.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "auth/issuer.h"
#include "auth/keys.h"
#include "auth/proven.h"

static struct proof proof_of(const struct signed_text *signed_text)
{
    struct proof proof;

    assert_true(proof_make(signed_text, &proof));
    return proof;
}

static void only_the_same_is_proven(void **state)
{
    int one, other;
    const struct signed_text right = {(const struct public_key *)(void *)&one, ALGORITHM_ES256,
                                      SLICE_LITERAL("text"), SLICE_LITERAL("signature")};
    struct signed_text others[] = {right, right, right, right, right};
    struct proven *proven = proven_new();
    struct proof proof = proof_of(&right);

    (void)state;
    others[0].key = (const struct public_key *)(void *)&other;
    others[1].algorithm = ALGORITHM_RS256;
    others[2].text = SLICE_LITERAL("tex");
    others[3].signature = SLICE_LITERAL("signaturf");
    others[4].text = SLICE_LITERAL("texts"); // the same bytes, divided elsewhere
    others[4].signature = SLICE_LITERAL("ignature");
    assert_false(proven_has(proven, &proof));
    proven_add(proven, &proof);
    assert_true(proven_has(proven, &proof));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct proof another = proof_of(&others[i]);

        assert_false(proven_has(proven, &another));
    }
    proven_free(proven);
}

static void one_takes_the_place_of_another(void **state)
{
    struct proven *proven = proven_new();
    struct proof first = {{1, 2, 3}}, second = {{1, 2, 4}};

    (void)state;
    proven_add(proven, &first);
    proven_add(proven, &second);
    assert_true(proven_has(proven, &second));
    assert_false(proven_has(proven, &first));
    proven_free(proven);
}

// Judged at a moment; a copy of the token each time.
static int verdict(struct issuer *issuer, const char *token, int64_t now_us, struct err *err)
{
    struct token *read = NULL;
    int rc = verifier_verify(issuer->verifier, slice_of(token), now_us, &read, err);

    token_free(read);
    return rc;
}

static void a_token_that_was_accepted_is_judged_each_time(void **state)
{
    struct issuer issuer;
    char *token, *changed;
    struct err err;

    (void)state;
    issuer_open(&issuer, NULL);
    token = signed_by(issuer.ec, "e");
    for (int i = 0; i < 3; i++)
        assert_int_equal(verdict(&issuer, token, NOW_US, &err), DONE);
    for (size_t i = 0; token[i + 1]; i++) {
        changed = strdup(token);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_int_equal(verdict(&issuer, changed, NOW_US, &err), POISON);
        free(changed);
    }
    assert_int_equal(verdict(&issuer, token, NOW_US + INT64_C(400000000), &err), POISON);
    assert_string_equal(err.reason, "TOKEN_EXPIRED");
    // The issuer has its key no longer.
    changed = made_set(made_jwk(issuer.rsa, "r", NULL), NULL, NULL, NULL);
    made_file(issuer.path, changed);
    free(changed);
    issuer.clock_us += INT64_C(3600000000);
    assert_int_equal(verdict(&issuer, token, NOW_US, &err), POISON);
    assert_string_equal(err.reason, "TOKEN_KEY_UNKNOWN");
    free(token);
    issuer_close(&issuer);
}

static void a_refusal_is_not_remembered_as_anything_else(void **state)
{
    struct issuer issuer;
    struct keys *keys;
    const struct public_key *key;
    char *set;
    struct err err;

    (void)state;
    issuer_open(&issuer, NULL);
    set = made_set(made_jwk(issuer.ec, "e", NULL), NULL, NULL, NULL);
    assert_int_equal(keys_read(slice_of(set), &keys, &err), DONE);
    key = keys_find(keys, "e", ALGORITHM_ES256);
    for (int i = 0; i < 2; i++)
        assert_int_equal(keys_verify(keys, key, ALGORITHM_ES256, SLICE_LITERAL("text"),
                                     SLICE_LITERAL("no signature"), &err),
                         POISON);
    keys_let_go(keys);
    free(set);
    issuer_close(&issuer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_same_is_proven),
        cmocka_unit_test(one_takes_the_place_of_another),
        cmocka_unit_test(a_token_that_was_accepted_is_judged_each_time),
        cmocka_unit_test(a_refusal_is_not_remembered_as_anything_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
