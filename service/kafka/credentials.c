// SPDX-License-Identifier: Apache-2.0
// librdkafka asks for no password, and for a token only on a thread that polls, which some of our
// clients lack: so a thread of ours brings them. What librdkafka tells of its connections it tells
// with locks held, so that all we do there is to wake that thread.
#include "kafka/credentials.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "auth/unverified.h"
#include "base/clock.h"
#include "base/condition.h"
#include "base/log.h"
#include "secret/secret.h"

#define PASSWORD "sasl.password"
#define TOKEN    "sasl.oauthbearer.token"
#define METHOD   "sasl.oauthbearer.method"
#define USERNAME "sasl.username"
#define NAME     "jobtrail" // of our interceptors, and of a token that names nobody

enum {
    LOOK_EVERY_US = 1000 * 1000,
    UNKNOWN_LIFE_MS = 5 * 60 * 1000, // of a token that does not say when it ends
};

struct credentials {
    bool is_token;
    char *username, *fixed;      // owned; fixed: a token that comes from nowhere
    struct secret_source source; // file and command are owned
    rd_kafka_t *rk;              // whose they are; NULL: nobody's yet
    bool has_thread;
    pthread_t thread;
    const struct log_target *log; // that of whoever started it; borrowed

    pthread_mutex_t lock; // guards these
    pthread_cond_t changed;
    bool is_ending, is_proving, was_refused;

    // The thread's own:
    bool was_given;       // librdkafka has one of ours
    bool has_failed;      // when it was read last
    int64_t not_until_us; // monotonic; nothing is read before
    int64_t due_us;       // monotonic; when a token has to be renewed
    struct stat seen;     // the file, when it was read
};

static const char *const own[] = {PASSWORD ".file", PASSWORD ".command", TOKEN, TOKEN ".file",
                                  TOKEN ".command"};

bool credentials_own(const char *name)
{
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (!strcmp(name, own[i]))
            return true;
    return false;
}

// The last of that name.
static const char *find(const struct kafka_property *properties, size_t count, const char *name)
{
    for (size_t i = count; i-- > 0;)
        if (!strcmp(properties[i].name, name))
            return properties[i].value;
    return NULL;
}

void credentials_free(struct credentials *credentials)
{
    if (!credentials)
        return;
    if (credentials->fixed)
        explicit_bzero(credentials->fixed, strlen(credentials->fixed));
    free(credentials->fixed);
    free(credentials->username);
    free((char *)credentials->source.file);
    free((char *)credentials->source.command);
    pthread_cond_destroy(&credentials->changed);
    pthread_mutex_destroy(&credentials->lock);
    free(credentials);
}

// False without memory.
static bool copy(const char *text, const char **out)
{
    *out = text ? strdup(text) : NULL;
    return !text || *out;
}

static bool fill(struct credentials *credentials, const struct kafka_property *properties,
                 size_t count)
{
    const bool is_token = credentials->is_token;

    credentials->source.option = is_token ? "kafka." TOKEN : "kafka." PASSWORD;
    return copy(find(properties, count, is_token ? TOKEN ".file" : PASSWORD ".file"),
                &credentials->source.file) &&
           copy(find(properties, count, is_token ? TOKEN ".command" : PASSWORD ".command"),
                &credentials->source.command) &&
           copy(is_token ? find(properties, count, TOKEN) : NULL,
                (const char **)&credentials->fixed) &&
           copy(find(properties, count, USERNAME), (const char **)&credentials->username);
}

static bool has_token(const struct kafka_property *properties, size_t count)
{
    return find(properties, count, TOKEN) || find(properties, count, TOKEN ".file") ||
           find(properties, count, TOKEN ".command");
}

int credentials_check(const struct kafka_property *properties, size_t count, struct err *err)
{
    const char *method = find(properties, count, METHOD);

    return has_token(properties, count) && method && !strcasecmp(method, "oidc")
               ? err_set(err, FATAL, "BAD_PROPERTY",
                         "kafka." TOKEN " and kafka." METHOD " = oidc, by which librdkafka gets a "
                         "token itself, exclude each other")
               : DONE;
}

int credentials_new(const struct kafka_property *properties, size_t count, struct credentials **out,
                    struct err *err)
{
    const bool is_token = has_token(properties, count);
    struct credentials *credentials;

    *out = NULL;
    if (!is_token && !find(properties, count, PASSWORD ".file") &&
        !find(properties, count, PASSWORD ".command"))
        return DONE;
    credentials = calloc(1, sizeof *credentials);
    if (!credentials)
        return err_no_memory(err);
    credentials->is_token = is_token;
    pthread_mutex_init(&credentials->lock, NULL);
    condition_init(&credentials->changed);
    if (!fill(credentials, properties, count)) {
        credentials_free(credentials);
        return err_no_memory(err);
    }
    *out = credentials;
    return DONE;
}

// --- what librdkafka tells ---

static rd_kafka_resp_err_t hear_state(rd_kafka_t *rk, int32_t broker, const char *protocol,
                                      const char *name, int port, const char *state, void *self)
{
    struct credentials *credentials = self;

    (void)rk, (void)broker, (void)protocol, (void)name, (void)port;
    pthread_mutex_lock(&credentials->lock);
    if (strstr(state, "AUTH")) {
        credentials->is_proving = true;
    } else if (!strcmp(state, "UP")) {
        credentials->is_proving = false;
    } else if (!strcmp(state, "DOWN") && credentials->is_proving) {
        credentials->is_proving = false;
        credentials->was_refused = true;
        pthread_cond_signal(&credentials->changed);
    }
    pthread_mutex_unlock(&credentials->lock);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t end_thread(rd_kafka_t *rk, void *self)
{
    struct credentials *credentials = self;

    (void)rk;
    pthread_mutex_lock(&credentials->lock);
    credentials->is_ending = true;
    pthread_cond_signal(&credentials->changed);
    pthread_mutex_unlock(&credentials->lock);
    if (credentials->has_thread)
        pthread_join(credentials->thread, NULL);
    credentials->has_thread = false;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t hear_new(rd_kafka_t *rk, const rd_kafka_conf_t *conf, void *self,
                                    char *text, size_t size)
{
    (void)conf, (void)text, (void)size;
    rd_kafka_interceptor_add_on_destroy(rk, NAME, end_thread, self);
    return rd_kafka_interceptor_add_on_broker_state_change(rk, NAME, hear_state, self);
}

// The client is gone: nobody tells anything any more. Of one that was never made they are not its
// own.
static rd_kafka_resp_err_t hear_end(void *self)
{
    struct credentials *credentials = self;

    if (credentials->rk)
        credentials_free(credentials);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

// librdkafka's question for a token, of a client that somebody polls: the thread brings it.
static void bring_none(rd_kafka_t *rk, const char *config, void *opaque)
{
    (void)rk, (void)config, (void)opaque;
}

void credentials_attach(struct credentials *credentials, rd_kafka_conf_t *conf)
{
    if (!credentials)
        return;
    if (credentials->is_token)
        rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf, bring_none);
    rd_kafka_conf_interceptor_add_on_new(conf, NAME, hear_new, credentials);
    rd_kafka_conf_interceptor_add_on_conf_destroy(conf, NAME, hear_end, credentials);
}

// --- the thread ---

static int give_password(struct credentials *credentials, const char *password, struct err *err)
{
    rd_kafka_error_t *error = rd_kafka_sasl_set_credentials(
        credentials->rk, credentials->username ? credentials->username : "", password);

    if (!error)
        return DONE;
    err_set(err, RETRY, "AUTHENTICATION_FAILED", "%s", rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    return RETRY;
}

static int give_token(struct credentials *credentials, const struct buffer *token, struct err *err)
{
    const int64_t now_ms = clock_now_us() / 1000;
    char subject[TOKEN_SUBJECT_SIZE] = "", text[300];
    int64_t ends_s, ends_ms = now_ms + UNKNOWN_LIFE_MS;

    if (token_look(buffer_slice(token), &ends_s, subject))
        ends_ms = ends_s * 1000;
    if (ends_ms <= now_ms)
        return err_set(err, RETRY, "AUTHENTICATION_FAILED", "%s: the token's time (exp) is over",
                       credentials->source.option);
    if (rd_kafka_oauthbearer_set_token(credentials->rk, token->data, ends_ms,
                                       *subject ? subject : NAME, NULL, 0, text, sizeof text))
        return err_set(err, RETRY, "AUTHENTICATION_FAILED", "%s: %s", credentials->source.option,
                       text);
    credentials->due_us = clock_monotonic_us() + (ends_ms - now_ms) * 800;
    return DONE;
}

static int read_secret(const struct credentials *credentials, struct buffer *out, struct err *err)
{
    if (credentials->source.file || credentials->source.command)
        return secret_read(&credentials->source, out, err);
    buffer_append(out, credentials->fixed, strlen(credentials->fixed) + 1);
    if (out->failed)
        return err_no_memory(err);
    out->size--;
    return DONE;
}

static int renew(struct credentials *credentials, struct err *err)
{
    struct buffer secret;
    int rc;

    buffer_init(&secret);
    rc = read_secret(credentials, &secret, err);
    if (!rc)
        rc = credentials->is_token ? give_token(credentials, &secret, err)
                                   : give_password(credentials, secret.data, err);
    secret_wipe(&secret);
    return rc;
}

// By what a replaced file is known; a link is followed.
static bool has_changed(struct credentials *credentials)
{
    const struct stat *seen = &credentials->seen;
    struct stat now;

    if (!credentials->source.file || stat(credentials->source.file, &now) ||
        (now.st_ino == seen->st_ino && now.st_dev == seen->st_dev && now.st_size == seen->st_size &&
         now.st_mtim.tv_sec == seen->st_mtim.tv_sec &&
         now.st_mtim.tv_nsec == seen->st_mtim.tv_nsec))
        return false;
    credentials->seen = now;
    return true;
}

// A token that cannot be had at all is told to librdkafka, which tells whoever polls.
static void tell(struct credentials *credentials, const struct err *err)
{
    log_warn("kafka",
             credentials->was_given ? "a secret cannot be renewed: the one before is used"
                                    : "a secret cannot be had",
             LOG_ERR(err));
    if (credentials->is_token && !credentials->was_given)
        rd_kafka_oauthbearer_set_token_failure(credentials->rk, err->text);
}

static void bring(struct credentials *credentials)
{
    struct err err;

    credentials->not_until_us = clock_monotonic_us() + RENEW_GAP_US;
    credentials->has_failed = renew(credentials, &err) != DONE;
    if (credentials->has_failed) {
        tell(credentials, &err);
        return;
    }
    if (credentials->was_given)
        log_info("kafka", "a secret was read again",
                 LOG_TEXT("option", credentials->source.option));
    credentials->was_given = true;
}

// A file that was written costs nothing to read; a command, and a failure, are not repeated at
// once.
static bool is_due(struct credentials *credentials)
{
    const int64_t now_us = clock_monotonic_us();
    bool due;

    if (has_changed(credentials))
        return true;
    if (now_us < credentials->not_until_us)
        return false;
    due = credentials->has_failed ||
          (credentials->is_token && (!credentials->was_given || now_us >= credentials->due_us));
    pthread_mutex_lock(&credentials->lock);
    due |= credentials->was_refused;
    credentials->was_refused = false;
    pthread_mutex_unlock(&credentials->lock);
    return due;
}

static void *run(void *self)
{
    struct credentials *credentials = self;
    bool is_ending = false;

    log_divert(credentials->log);
    while (!is_ending) {
        if (is_due(credentials))
            bring(credentials);
        pthread_mutex_lock(&credentials->lock);
        if (!credentials->is_ending)
            condition_wait_until(&credentials->changed, &credentials->lock,
                                 clock_monotonic_us() + LOOK_EVERY_US);
        is_ending = credentials->is_ending;
        pthread_mutex_unlock(&credentials->lock);
    }
    return NULL;
}

int credentials_start(struct credentials *credentials, rd_kafka_t *rk, struct err *err)
{
    if (!credentials)
        return DONE;
    credentials->rk = rk;
    credentials->log = log_diverted();
    if (pthread_create(&credentials->thread, NULL, run, credentials))
        return err_set(err, RETRY, "NO_THREAD", "no thread to renew %s",
                       credentials->source.option);
    credentials->has_thread = true;
    return DONE;
}
