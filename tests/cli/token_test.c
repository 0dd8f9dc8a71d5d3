// SPDX-License-Identifier: Apache-2.0
// "jobtrail token": what it signs, the verifier accepts, and what must not happen does not.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/claims.h"
#include "auth/identity.h"
#include "base/clock.h"
#include "cli/cli.h"

static char folder[] = "/tmp/jobtrail-token-XXXXXX";
static char key_path[64], set_path[64], out_path[64], printed[8192];

// Runs jobtrail with these arguments, NULL-terminated; what it prints goes to printed.
static int run(const char *const *arguments)
{
    char *argv[40] = {"jobtrail"}, *environment[] = {NULL};
    int argc = 1, status, fd, kept = dup(STDOUT_FILENO);
    FILE *file;

    for (; arguments[argc - 1]; argc++)
        argv[argc] = (char *)arguments[argc - 1];
    fflush(stdout);
    fd = open(out_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0);
    close(fd);
    status = cli_run(argc, argv, environment);
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    file = fopen(out_path, "r");
    assert_non_null(file);
    printed[fread(printed, 1, sizeof printed - 1, file)] = '\0';
    fclose(file);
    return status;
}
#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL})

static void forget_keys(void)
{
    unlink(key_path);
    unlink(set_path);
}

static struct token *verified(const char *audience)
{
    struct key_set_options options = {.source = {.location = set_path}, .refresh_ms = 1000};
    struct verifier_options verifier_options = {.issuer = "i", .audience = audience};
    struct verifier *verifier;
    struct token *token = NULL;
    struct err err;

    assert_int_equal(key_set_new(&options, &verifier_options.keys, &err), 0);
    assert_int_equal(verifier_new(&verifier_options, &verifier, &err), 0);
    if (verifier_verify(verifier, (struct slice){printed, strcspn(printed, "\n")}, clock_now_us(),
                        &token, &err))
        fail_msg("%s: %s", err.reason, err.text);
    verifier_free(verifier);
    key_set_free(verifier_options.keys);
    return token;
}

static void what_is_signed_is_accepted(void **state)
{
    static const struct identity_claims where = {"/org/id", "/role", "/sub", {NULL}};
    static const char *const algorithms[] = {"ES256", "RS256"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct token *token;
        struct identity who;
        struct stat file;

        forget_keys();
        assert_int_equal(
            RUN("token", "keys", key_path, "--jwks", set_path, "--algorithm", algorithms[i]), 0);
        assert_string_equal(printed, "");
        assert_int_equal(stat(key_path, &file), 0);
        assert_int_equal(file.st_mode & 0777, 0600);
        assert_int_equal(RUN("token", "sign", "--key", key_path, "--organization", "acme",
                             "--member", "ann", "--role", "Manager", "--expires", "90s", "--set",
                             "auth.issuer=i", "--set", "auth.audience=a", "--set",
                             "auth.claim.organization=/org/id", "colour=red", "n:={\"a\":[1]}"),
                         0);
        token = verified("a");
        assert_int_equal(identity_read(token, &where, SLICE_LITERAL("acme"), &who), IDENTITY_KNOWN);
        assert_int_equal(who.role, ROLE_MANAGER);
        assert_true(slice_equal(who.member, SLICE_LITERAL("ann")));
        assert_true(slice_equal(token_text(token, "/colour"), SLICE_LITERAL("red")));
        assert_true(json_is_array(claims_find(token_claims(token), "/n/a")));
        assert_true(token_expires_at_us(token) <= clock_now_us() + 90 * INT64_C(1000000));
        token_free(token);
    }
}

static void a_cancel_request_is_bound(void **state)
{
    struct token *token;

    (void)state;
    assert_int_equal(RUN("token", "sign", "--key", key_path, "--organization", "acme", "--member",
                         "ann", "--issuer", "i", "--job", "job-1", "--request-id",
                         "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6"),
                     0);
    token = verified("jobtrail-cancel-requests");
    assert_true(slice_equal(token_text(token, "/request_id"),
                            SLICE_LITERAL("f81d4fae-7dec-11d0-a765-00a0c91e6bf6")));
    assert_true(slice_equal(token_text(token, "/job_id"), SLICE_LITERAL("job-1")));
    token_free(token);
}

static void a_file_that_is_there_is_left_alone(void **state)
{
    struct stat before, after;

    (void)state;
    assert_int_equal(stat(key_path, &before), 0);
    assert_int_equal(RUN("token", "keys", key_path), 1);
    assert_string_equal(printed, "");
    assert_int_equal(stat(key_path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(before.st_mtime, after.st_mtime);
    unlink(key_path);
    assert_int_equal(RUN("token", "keys", key_path, "--jwks", set_path), 1);
    assert_int_equal(access(key_path, F_OK), -1); // no half of a pair
}

static void the_public_set_is_printed_without_secrets(void **state)
{
    (void)state;
    forget_keys();
    assert_int_equal(RUN("token", "keys", key_path), 0);
    assert_non_null(strstr(printed, "\"keys\""));
    assert_null(strstr(printed, "\"d\""));
}

static void wrong_usage(void **state)
{
    (void)state;
#define SIGN "token", "sign", "--key", key_path
#define WHO  "--organization", "acme", "--member", "ann", "--issuer", "i", "--audience", "a"
    assert_int_equal(RUN("token"), 2);
    assert_int_equal(RUN("token", "keys"), 2);
    assert_int_equal(RUN("token", "keys", out_path, "--algorithm", "HS256"), 2);
    assert_int_equal(RUN("token", "sign", WHO), 2);
    assert_int_equal(RUN(SIGN, "--member", "ann", "--issuer", "i", "--audience", "a"), 2);
    assert_int_equal(RUN(SIGN, "--organization", "acme", "--member", "ann"), 2);
    assert_int_equal(RUN(SIGN, WHO, "--expires", "forever"), 2);
    assert_int_equal(RUN(SIGN, WHO, "--expires", "0s"), 2);
    assert_int_equal(RUN(SIGN, WHO, "--request-id", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"), 2);
    assert_int_equal(RUN(SIGN, WHO, "--request-id", "one", "--job", "j"), 2);
    assert_int_equal(RUN(SIGN, WHO, "novalue"), 2);
    assert_int_equal(RUN(SIGN, WHO, "a:={"), 2);
    assert_int_equal(RUN(SIGN, WHO, "--role", "User", "--set", "auth.claim.role=/sub"), 2);
    assert_int_equal(RUN(SIGN, WHO, "--role", "User", "--set", "auth.claim.role=/sub/x"), 2);
    assert_int_equal(RUN("token", "sign", "--key", "/no/such", WHO), 1);
    assert_int_equal(RUN("token", "sign", "--key", "/dev/null", WHO), 1);
    assert_string_equal(printed, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_signed_is_accepted),
        cmocka_unit_test(a_cancel_request_is_bound),
        cmocka_unit_test(a_file_that_is_there_is_left_alone),
        cmocka_unit_test(the_public_set_is_printed_without_secrets),
        cmocka_unit_test(wrong_usage),
    };
    int rc;

    if (!mkdtemp(folder))
        return 1;
    snprintf(key_path, sizeof key_path, "%s/key", folder);
    snprintf(set_path, sizeof set_path, "%s/jwks", folder);
    snprintf(out_path, sizeof out_path, "%s/out", folder);
    rc = cmocka_run_group_tests(tests, NULL, NULL);
    forget_keys();
    unlink(out_path);
    rmdir(folder);
    return rc;
}
