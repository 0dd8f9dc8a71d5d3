// SPDX-License-Identifier: Apache-2.0
// What a stranger can send. The first byte says as what the rest is read: a whole token; a header,
// a NUL and a payload, put into a token without a signature; the claims of a token as if it had
// been verified; a key set. Nobody here has the private key, so that nothing passes but the one
// token that was made with it.
#define _GNU_SOURCE 1 // memfd_create
#include <openssl/evp.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "auth/claims.h"
#include "auth/identity.h"
#include "auth/token.h"
#include "auth/token_header.h"
#include "base/log.h"
#include "base/utf8.h"
#include "fuzz/fuzz_target.h"

static const char key_set[] =
    "{\"keys\":[{\"kty\":\"EC\",\"kid\":\"a2e918de-554c-4176-99cb-ac29841c3663\",\"crv"
    "\":\"P-256\",\"x\":\"QEfyO9BO2qNgT9YTNsnMMAELGkk9jbsjfg_eCwxbZc4\",\"y\":\"7qKPg"
    "NorDIVFSM-gDW-lt2UvQPJacXpF8nFcKVsNXFM\",\"use\":\"sig\",\"alg\":\"ES256\"}]}";
static const char good_token[] =
    "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImEyZTkxOGRlLTU1NGMtNDE3Ni"
    "05OWNiLWFjMjk4NDFjMzY2MyJ9.eyJpc3MiOiJpIiwiYXVkIjoiYSIsImlhdCI6MTc5NTU"
    "xNTI4NywiZXhwIjoxNzk1NTE1NTg3LCJqdGkiOiI1NGQxNmI3MS03NWY4LTQyNDktYjc4N"
    "i0yNTU0MzczY2UzM2MiLCJzdWIiOiJhbm4iLCJvcmdhbml6YXRpb25faWQiOiJhY21lIiw"
    "icm9sZSI6Ik1hbmFnZXIifQ.X_2ogho7zR5x3keRvBziddFbQeY3q4RSDGqh7_W3-_9fm7"
    "et_5hVI13QHv26gmAa18d0Z7k4S7GJdc2GKEhgNA";
#define NOW_US (INT64_C(1795515287) * 1000000)

static struct verifier *verifier;

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    int fd = memfd_create("keys", 0);
    char path[64];
    struct key_set_options options = {.source = {.location = path}, .refresh_ms = 1000};
    struct verifier_options verifier_options = {.issuer = "i", .audience = "a"};
    struct token *token = NULL;
    struct err err;

    (void)argc;
    (void)argv;
    log_setup(LOG_LOGFMT, LOG_ERROR, "fuzz");
    MUST(write(fd, key_set, sizeof key_set - 1) == (ssize_t)sizeof key_set - 1);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    MUST(!key_set_new(&options, &verifier_options.keys, &err));
    MUST(!verifier_new(&verifier_options, &verifier, &err));
    MUST(!verifier_verify(verifier, slice_of(good_token), NOW_US, &token, &err));
    token_free(token);
    return 0;
}

static void verify(struct slice compact)
{
    struct token *token = NULL;
    struct err err = {0};
    int rc = verifier_verify(verifier, compact, NOW_US, &token, &err);

    MUST(rc == 0 || rc == POISON);
    MUST(rc == 0 || (err.reason && !strncmp(err.reason, "TOKEN_", 6)));
    MUST(rc || slice_equal(compact, slice_of(good_token)));
    token_free(token);
}

static size_t encode(struct slice bytes, char *out)
{
    size_t size = (size_t)EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)bytes.data,
                                          (int)bytes.size);

    while (size && out[size - 1] == '=')
        size--;
    for (size_t i = 0; i < size; i++)
        out[i] = out[i] == '+' ? '-' : out[i] == '/' ? '_' : out[i];
    return size;
}

static void verify_parts(struct slice text)
{
    static char compact[2 * TOKEN_MAX_BYTES];
    const char *end = memchr(text.data, 0, text.size);
    struct token_header header;
    struct err err;
    size_t size;

    if (!end || text.size > TOKEN_MAX_BYTES / 2)
        return;
    size = encode((struct slice){text.data, (size_t)(end - text.data)}, compact);
    compact[size++] = '.';
    size +=
        encode((struct slice){end + 1, (size_t)(text.data + text.size - end - 1)}, compact + size);
    memcpy(compact + size, ".AAAA", 5);
    size += 5;
    if (!token_header_read((struct slice){compact, size}, &header, &err)) {
        MUST(header.algorithm < ALGORITHM_COUNT);
        MUST(header.payload.data > compact &&
             header.payload.data + header.payload.size < compact + size);
        token_header_close(&header);
    }
    verify((struct slice){compact, size});
}

static void read_claims(struct slice text)
{
    static const struct identity_claims where = {"/o/i~1d", "/role", "/sub", {NULL}};
    struct expectation expected = {"i", "a", NOW_US};
    json_t *claims = NULL;
    int64_t expires_us;
    struct identity who;
    struct err err;

    if (claims_parse(text, &claims, &err))
        return;
    if (!claims_check(claims, &expected, &expires_us, &err))
        MUST(expires_us >= 0 && expires_us + 60 * INT64_C(1000000) > NOW_US);
    if (identity_read_claims(claims, &where, SLICE_LITERAL("acme"), &who) == IDENTITY_KNOWN) {
        MUST(who.member.size >= 1 && who.member.size <= CLAIM_TEXT_MAX_BYTES);
        MUST(utf8_is_text(who.member));
        MUST(who.role <= ROLE_ADMINISTRATOR);
    }
    json_decref(claims);
}

static void read_keys(struct slice text)
{
    struct keys *keys = NULL;
    struct err err;

    if (!keys_read(text, &keys, &err)) {
        MUST(keys_count(keys) <= KEYS_MAX);
        keys_let_go(keys);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = {(const char *)data + 1, size - 1};

    if (!size)
        return -1;
    switch (data[0]) {
    case 't':
        verify(text);
        return 0;
    case 'p':
        verify_parts(text);
        return 0;
    case 'c':
        read_claims(text);
        return 0;
    case 'k':
        read_keys(text);
        return 0;
    default:
        return -1;
    }
}
