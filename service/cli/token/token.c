// SPDX-License-Identifier: Apache-2.0
// jobtrail token: keys and tokens to try things out with, where there is no identity provider.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/api/api_client.h"
#include "cli/terminal/command.h"
#include "cli/token/token_claims.h"
#include "cli/token/token_key.h"

enum { KEY_FILE_MAX_BYTES = 64 * 1024, SECRET_MODE = 0600, PUBLIC_MODE = 0644 };

static void warn(void)
{
    fprintf(stderr, "jobtrail: \"jobtrail token\" is for trying things out, NOT FOR PRODUCTION: "
                    "whoever can read the key can be anybody\n");
}

static int file_error(const char *path, const char *what, struct err *err)
{
    return err_set(err, FATAL, "FILE", "%s %.200s: %s", what, path, strerror(errno));
}

// Writes a file that must not exist yet, not even as a link.
static int write_new(const char *path, mode_t mode, const struct buffer *text, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    int rc = 0;

    if (fd < 0)
        return file_error(path, "cannot make", err);
    if (write(fd, text->data, text->size) != (ssize_t)text->size || fsync(fd))
        rc = file_error(path, "cannot write", err);
    if (close(fd) && !rc)
        rc = file_error(path, "cannot write", err);
    if (rc)
        unlink(path);
    return rc;
}

static void wipe(struct buffer *secret)
{
    if (secret->data)
        explicit_bzero(secret->data, secret->size);
    buffer_free(secret);
}

static int make_keys(const struct invocation *invocation, struct err *err)
{
    const struct arguments *arguments = invocation->arguments;
    const char *algorithm = arguments_value(arguments, "algorithm");
    const char *public_path = arguments_value(arguments, "jwks");
    struct buffer secret = {0}, set = {0};
    int rc;

    warn();
    rc = token_key_make(algorithm ? algorithm : "ES256", &secret, &set, err);
    if (!rc)
        rc = write_new(arguments->positional[1], SECRET_MODE, &secret, err);
    if (!rc && public_path) {
        rc = write_new(public_path, PUBLIC_MODE, &set, err);
        if (rc) // a private key without its public one is of no use
            unlink(arguments->positional[1]);
    } else if (!rc) {
        fwrite(set.data, 1, set.size, stdout);
    }
    wipe(&secret);
    buffer_free(&set);
    return rc;
}

static int read_key(const char *path, struct buffer *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 0;
    char *room;

    if (fd < 0)
        return file_error(path, "cannot open", err);
    room = buffer_extend(out, KEY_FILE_MAX_BYTES);
    if (room)
        got = read(fd, room, KEY_FILE_MAX_BYTES);
    close(fd);
    if (!room)
        return err_no_memory(err);
    if (got < 0)
        return file_error(path, "cannot read", err);
    out->size = (size_t)got;
    return DONE;
}

static int sign(const struct invocation *invocation, struct err *err)
{
    const char *path = arguments_value(invocation->arguments, "key");
    struct buffer key = {0}, token = {0};
    json_t *claims = NULL;
    int rc;

    warn();
    if (!path)
        return err_set(err, FATAL, "USAGE", "token sign: --key is missing");
    rc = token_claims_build(invocation, clock_now_us(), &claims, err);
    if (!rc)
        rc = read_key(path, &key, err);
    if (!rc)
        rc = token_key_sign(buffer_slice(&key), claims, &token, err);
    if (!rc)
        printf("%.*s\n", (int)token.size, token.data);
    json_decref(claims);
    wipe(&key);
    wipe(&token);
    return rc;
}

// Whatever list and show would send: the token of a sign-in, renewed if it is about to expire, or
// the one that was given.
static int print(const struct invocation *invocation, struct err *err)
{
    struct buffer token = {0};
    int rc = api_token_read(invocation, &token, err);

    if (!rc)
        printf("%.*s\n", (int)token.size, token.data);
    wipe(&token);
    return rc;
}

static const struct verb verbs[] = {
    {"print", "", 0, "prints the token that list, show, watch and cancel use", print},
    {"keys", "FILE", 1, "makes a pair of keys", make_keys},
    {"sign", "--key FILE [CLAIM=TEXT | CLAIM:=JSON ...]", ANY_NUMBER, "makes a token", sign},
};

static const struct flag flags[] = {
    {"url", "URL", "with print: where the API is", 0},
    {"ca-file", "FILE", "with print: whom to trust, in PEM", 0},
    {"algorithm", "NAME", "with keys: ES256 or RS256 (default: ES256)", 0},
    {"jwks", "FILE", "with keys: write the public key set there, not on standard output", 0},
    {"key", "FILE", "with sign: the private key", 'k'},
    {"organization", "ID", "with sign: the organisation", 0},
    {"member", "ID", "with sign: who the bearer is", 0},
    {"role", "ROLE", "with sign: Administrator, Manager or User", 0},
    {"audience", "TEXT", "with sign: whom it is for (default: auth.audience)", 0},
    {"issuer", "TEXT", "with sign: whom it is from (default: auth.issuer)", 0},
    {"expires", "DURATION", "with sign: how long it is good (default: 5m)", 0},
    {"request-id", "UUID", "with sign: for this cancel request over Kafka; with --job", 0},
    {"job", "ID", "with sign: the job that the cancel request names", 0},
};

const struct command token_command = {
    .name = "token",
    .summary = "Prints the token of a sign-in, or makes keys and tokens for a try-out",
    .description =
        "\"print\" is for other programs that ask the API: after \"jobtrail login\" it prints the\n"
        "token of it, renewed if it is about to expire. It is a secret as long as it is good.\n"
        "\n"
        "\"keys\" and \"sign\" are not for production: there, tokens come from an identity "
        "provider.\n"
        "\"keys\" writes a private key into FILE, which must not be there yet, and prints\n"
        "the public key set: auth.jwks can name it. \"sign\" prints a token. The claims\n"
        "are where auth.claim.* says; what follows is added to them. With --request-id\n"
        "the audience is that of cancel.requests.audience.",
    .example = "  curl -H \"Authorization: Bearer $(jobtrail token print)\" \\\n"
               "      \"$JOBTRAIL_URL/organizations/acme/jobs?status=running\"\n"
               "  jobtrail token keys try.key --jwks try.jwks\n"
               "  jobtrail token sign --key try.key --organization acme --member ann \\\n"
               "      --role Manager --issuer try-out --audience jobtrail",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .verbs = verbs,
    .verb_count = sizeof verbs / sizeof *verbs,
};
