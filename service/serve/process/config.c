// SPDX-License-Identifier: Apache-2.0
#include "serve/process/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "auth/claims.h"
#include "base/arena.h"
#include "core/stream_resume.h"
#include "fetch/fetch.h"
#include "kafka/kafka_properties.h"
#include "serve/process/schemas.h"
#include "store/connection/conninfo.h"

// Not an option: readers of changes rely on it.
enum { TRANSACTION_TIMEOUT_MS = CHANGE_COMMITS_WITHIN_S * 1000 };
// Whoever asks something with a token waits for a fetch of keys; not an option either.
enum { KEYS_TIMEOUT_MS = 5 * 1000 };
enum { PER_ADDRESS_DEFAULT = 250 };

struct loaded {
    struct config config;  // first, so that its address is the loaded one's
    struct arena memory;   // holds every string and array of config
    struct buffer scratch; // used while loading
    char *base_url;        // http.base-url, while it is not checked
};

static char *copy(struct loaded *loaded, struct slice text)
{
    struct slice out;

    return arena_copy(&loaded->memory, text, &out) ? (char *)out.data : NULL;
}

// An option's text, NULL where it is empty.
static bool copy_text(struct loaded *loaded, const struct options *options, const char *name,
                      const char **out)
{
    const char *text = options_text(options, name);

    *out = NULL;
    if (!text || !*text)
        return true;
    *out = copy(loaded, slice_of(text));
    return *out != NULL;
}

static bool copy_list(struct loaded *loaded, const struct options *options, const char *name,
                      const char *const **out)
{
    const char *list = options_text(options, name);
    const char **parts;
    size_t count = 1, at = 0;
    struct slice part;

    for (const char *byte = list; *byte; byte++)
        count += *byte == ',';
    parts = arena_alloc(&loaded->memory, (count + 1) * sizeof *parts);
    if (!parts)
        return false;
    while (option_value_next(&list, &part)) {
        parts[at] = copy(loaded, part);
        if (!parts[at++])
            return false;
    }
    parts[at] = NULL;
    *out = parts;
    return true;
}

static bool name_instance(struct loaded *loaded, const struct options *options)
{
    char host[48] = "", name[80];

    if (!copy_text(loaded, options, "instance", &loaded->config.instance))
        return false;
    if (loaded->config.instance)
        return true;
    gethostname(host, sizeof host - 1);
    snprintf(name, sizeof name, "%s-%ld", *host ? host : "jobtrail", (long)getpid());
    loaded->config.instance = copy(loaded, slice_of(name));
    return loaded->config.instance != NULL;
}

// As the function built it, from memory that is wiped afterwards.
static int copy_conninfo(struct loaded *loaded, const struct options *options,
                         int (*build)(const struct options *, struct buffer *, struct err *),
                         const char **out, struct err *err)
{
    struct buffer *scratch = &loaded->scratch;
    int rc = build(options, scratch, err);

    if (!rc) {
        *out = copy(loaded, buffer_slice(scratch));
        rc = *out ? DONE : err_no_memory(err);
    }
    if (scratch->data)
        explicit_bzero(scratch->data, scratch->size);
    buffer_clear(scratch);
    return rc;
}

static int copy_conninfos(struct loaded *loaded, const struct options *options, struct err *err)
{
    struct config *config = &loaded->config;
    int rc = copy_conninfo(loaded, options, conninfo_build, &config->postgres_conninfo, err);

    if (!rc && *options_text(options, "http.read-conninfo"))
        rc = copy_conninfo(loaded, options, conninfo_build_replica, &config->http.read_conninfo,
                           err);
    return rc;
}

static bool copy_http(struct loaded *loaded, const struct options *options)
{
    struct http_config *http = &loaded->config.http;

    loaded->base_url = copy(loaded, slice_of(options_text(options, "http.base-url")));
    http->base_url = loaded->base_url;
    return http->base_url && copy_list(loaded, options, "http.cors-origins", &http->cors_origins);
}

static int read_proxies(struct loaded *loaded, const struct options *options, struct err *err)
{
    static const char option[] = "http.trusted-proxies";
    const char *const *texts;
    struct network *networks;
    size_t count = 0;

    if (!copy_list(loaded, options, option, &texts))
        return err_no_memory(err);
    while (texts[count])
        count++;
    networks = arena_alloc(&loaded->memory, (count + 1) * sizeof *networks);
    if (!networks)
        return err_no_memory(err);
    for (size_t i = 0; i < count; i++)
        if (!network_read(slice_of(texts[i]), &networks[i]))
            return err_set(err, FATAL, "CONFIGURATION",
                           "%s: \"%s\" is neither an address nor a network as 10.0.0.0/8", option,
                           texts[i]);
    loaded->config.http.trusted_proxies = (struct networks){networks, count};
    return DONE;
}

// Links begin with it, behind which comes a path.
static int check_base_url(char *url, struct err *err)
{
    static const char option[] = "http.base-url";
    struct fetch_url read;
    size_t size = strlen(url);
    int rc;

    if (!size)
        return DONE;
    rc = fetch_url_read(url, option, &read, err);
    if (rc == FATAL || (!rc && (read.has_query || url[strcspn(url, "?#")])))
        return err_set(err, FATAL, "CONFIGURATION",
                       "%s: expected an address that begins with http:// or https://, without "
                       "credentials, query and fragment",
                       option);
    if (rc)
        return rc;
    url[slice_without_slashes((struct slice){url, size}).size] = '\0';
    return DONE;
}

static bool copy_page(struct loaded *loaded, const struct options *options)
{
    struct page_options *page = &loaded->config.page;

    if (!copy_text(loaded, options, "page.client-id", &page->client_id) ||
        !copy_text(loaded, options, "page.issuer", &page->issuer) ||
        !copy_text(loaded, options, "page.scope", &page->scope) ||
        !copy_text(loaded, options, "login.issuer", &page->login_issuer) ||
        !copy_text(loaded, options, "login.client-id", &page->login_client_id) ||
        !copy_text(loaded, options, "login.scope", &page->login_scope) ||
        !copy_list(loaded, options, "page.connect-origins", &page->connect_origins))
        return false;
    page->shares_redirect = options_choice(options, "page.redirect") == 1;
    if (!page->issuer)
        page->issuer = loaded->config.auth.issuer;
    page->claims = loaded->config.auth.claims;
    return true;
}

static bool copy_auth(struct loaded *loaded, const struct options *options)
{
    struct auth_config *auth = &loaded->config.auth;
    struct key_source_options *keys = &auth->keys.source;
    const char *const **roles = auth->claims.role_names;

    return copy_text(loaded, options, "auth.issuer", &auth->issuer) &&
           copy_text(loaded, options, "auth.audience", &auth->audience) &&
           copy_text(loaded, options, "auth.jwks", &keys->location) &&
           copy_text(loaded, options, "auth.ca-file", &keys->ca_file) &&
           copy_text(loaded, options, "auth.claim.organization", &auth->claims.organization) &&
           copy_text(loaded, options, "auth.claim.role", &auth->claims.role) &&
           copy_text(loaded, options, "auth.claim.member", &auth->claims.member) &&
           copy_list(loaded, options, "auth.role.administrator", &roles[ROLE_ADMINISTRATOR]) &&
           copy_list(loaded, options, "auth.role.manager", &roles[ROLE_MANAGER]) &&
           copy_list(loaded, options, "auth.role.user", &roles[ROLE_USER]) &&
           copy_text(loaded, options, "cancel.requests.audience", &auth->request_audience);
}

static bool copy_texts(struct loaded *loaded, const struct options *options)
{
    struct config *config = &loaded->config;
    struct registry_options *registry = &config->registry;

    return name_instance(loaded, options) &&
           copy_text(loaded, options, "kafka.bootstrap.servers", &config->bootstrap_servers) &&
           copy_text(loaded, options, "kafka.group.id", &config->group_id) &&
           copy_text(loaded, options, "operator.credentials", &config->operators.credentials) &&
           copy_text(loaded, options, "topic.dead-letters", &config->dead_letter_topic) &&
           copy_text(loaded, options, "topic.cancel-requests", &config->cancel_request_topic) &&
           copy_text(loaded, options, "schema.directory", &config->schema_directory) &&
           copy_text(loaded, options, "schema.registry.url", &registry->url) &&
           copy_text(loaded, options, "schema.registry.user-info", &registry->basic_auth) &&
           copy_text(loaded, options, "schema.registry.token", &registry->bearer_token) &&
           copy_text(loaded, options, "schema.registry.ca-file", &registry->ca_file) &&
           copy_text(loaded, options, "topic.commands", &config->command_topic) &&
           copy_text(loaded, options, "topic.cancel-decisions", &config->decision_topic) &&
           copy_http(loaded, options) &&
           copy_list(loaded, options, "topic.events", &config->event_topics) &&
           copy_list(loaded, options, "events.namespaces", &config->event_namespaces) &&
           copy_auth(loaded, options) && copy_page(loaded, options) &&
           kafka_properties_copy(options, &loaded->memory, &config->kafka, &config->kafka_count);
}

// What lasts never takes up the connections that requests need; nor does one organisation take all
// streams unless it is told to.
static struct share_limits stream_limits(const struct options *options, size_t connections)
{
    const size_t all = connections - (connections + 3) / 4;
    const size_t organization = (size_t)options_integer(options, "http.streams-per-organization");

    return (struct share_limits){
        .member = (size_t)options_integer(options, "http.streams-per-member"),
        .organization = organization ? organization : (all * 2 + 2) / 3,
        .all = all,
    };
}

static struct share_limits answer_limits(const struct options *options)
{
    const size_t all = (size_t)options_integer(options, "http.answers-memory");

    return (struct share_limits){.member = all / 4, .organization = all / 2, .all = all};
}

// On a loopback address whoever asks is on this machine: a proxy, which stands for everybody.
static unsigned per_address_limit(const struct options *options, const struct http_config *http)
{
    int64_t limit = options_integer(options, "http.connections-per-address");
    const char *host = http->listen.host;
    bool is_local = !strncmp(host, "127.", 4) || !strcmp(host, "::1") || !strcmp(host, "localhost");

    if (!limit)
        limit = is_local ? http->connections : PER_ADDRESS_DEFAULT;
    return (unsigned)limit;
}

static void set_http(struct http_config *http, const struct options *options)
{
    const char *listen = options_text(options, "http.listen");

    http->is_wanted = listen && option_value_listen(listen, &http->listen);
    http->connections = (unsigned)options_integer(options, "http.connections");
    http->connections_per_address = per_address_limit(options, http);
    http->streams = stream_limits(options, http->connections);
    http->answers = answer_limits(options);
    http->readers = (size_t)options_integer(options, "http.readers");
    http->wait_for_us = options_integer(options, "http.wait-for") * 1000;
    http->rate = (uint32_t)options_integer(options, "http.rate");
    http->cancel_rate = (uint32_t)options_integer(options, "http.cancel-rate");
}

static void set_operators(struct operator_config *operators, const struct options *options)
{
    const char *listen = options_text(options, "operator.listen");

    operators->is_wanted = listen && option_value_listen(listen, &operators->listen);
}

// The bounds in the table keep every number inside its type.
static void set_numbers(struct config *config, const struct options *options)
{
    config->connect_timeout_ms = (int)options_integer(options, "store.connect-timeout");
    config->statement_timeout_ms = (int)options_integer(options, "store.statement-timeout");
    config->transaction_timeout_ms = TRANSACTION_TIMEOUT_MS;
    config->cancel_authentication =
        (enum cancel_authentication)options_choice(options, "cancel.requests.authentication");
    config->gate_rules = (struct gate_rules){
        .max_age_us = options_integer(options, "cancel.requests.max-age") * 1000,
        .wait_us = options_integer(options, "cancel.requests.wait") * 1000,
        .answer_within_us = options_integer(options, "cancel.answer-within") * 1000,
    };
    config->ignore_unknown_events = options_choice(options, "events.unknown") == 1;
    config->registry.kind = (enum registry_kind)options_choice(options, "schema.registry.kind");
    config->registry.use_id = (enum use_id)options_choice(options, "schema.registry.use-id");
    config->registry.timeout_ms = (int)options_integer(options, "schema.registry.timeout");
    config->registry.unknown_ttl_ms = (int)options_integer(options, "schema.registry.unknown-ttl");
    config->auth.keys.refresh_ms = options_integer(options, "auth.jwks-refresh");
    config->auth.keys.source.timeout_ms = KEYS_TIMEOUT_MS;
    config->dead_letters_patience_ms = options_integer(options, "dead-letters.patience");
    config->workers = (size_t)options_integer(options, "workers");
    if (!config->workers)
        config->workers = (size_t)get_nprocs();
    config->batch_max_events = (size_t)options_integer(options, "batch.max-events");
    config->cache_bytes = (size_t)options_integer(options, "cache.bytes");
    config->queue_bytes = (size_t)options_integer(options, "queue.bytes");
    config->log_format = (enum log_format)options_choice(options, "log.format");
    config->log_level = (enum log_level)options_choice(options, "log.level");
}

// Which of two roles a token would have is nobody's guess.
static int check_roles(const struct identity_claims *claims, struct err *err)
{
    for (enum role role = ROLE_USER; role < ROLES; role++)
        for (const char *const *name = claims->role_names[role]; *name; name++) {
            enum role called = identity_role_called(claims, slice_of(*name));

            if (called != role)
                return err_set(err, FATAL, "CONFIGURATION",
                               "auth.role.*: \"%.100s\" is a name of two roles, %s and %s", *name,
                               role_name(role), role_name(called));
        }
    return DONE;
}

static int check_auth(const struct auth_config *auth, struct err *err)
{
    const struct {
        const char *name, *pointer;
    } claims[] = {{"auth.claim.organization", auth->claims.organization},
                  {"auth.claim.role", auth->claims.role},
                  {"auth.claim.member", auth->claims.member}};

    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        if (!claims_pointer_is_valid(claims[i].pointer))
            return err_set(err, FATAL, "CONFIGURATION",
                           "%s: \"%.100s\": expected a JSON pointer, like /role or /realm/role",
                           claims[i].name, claims[i].pointer);
    // A token for the one would do for the other.
    if (auth->audience && !strcmp(auth->audience, auth->request_audience))
        return err_set(err, FATAL, "CONFIGURATION",
                       "auth.audience and cancel.requests.audience must differ");
    return check_roles(&auth->claims, err);
}

int config_load(const struct options *options, struct config **out, struct err *err)
{
    struct loaded *loaded = calloc(1, sizeof *loaded);
    int result;

    if (!loaded)
        return err_no_memory(err);
    arena_init(&loaded->memory);
    buffer_init(&loaded->scratch);
    result = copy_conninfos(loaded, options, err);
    if (result)
        goto out;
    if (!copy_texts(loaded, options)) {
        result = err_no_memory(err);
        goto out;
    }
    set_numbers(&loaded->config, options);
    set_http(&loaded->config.http, options);
    set_operators(&loaded->config.operators, options);
    if (!option_value_listen(options_text(options, "admin.listen"), &loaded->config.admin_listen)) {
        result = err_set(err, FATAL, "CONFIGURATION", "admin.listen: not an address");
        goto out;
    }
    if (loaded->config.operators.is_wanted && !loaded->config.operators.credentials) {
        result = err_set(err, FATAL, "CONFIGURATION",
                         "operator.listen needs operator.credentials: without, nobody may ask");
        goto out;
    }
    result = schemas_check(&loaded->config, err);
    if (result)
        goto out;
    result = silence_read(options_text(options, "job.silent-after"), "job.silent-after",
                          &loaded->memory, &loaded->config.http.silence, err);
    if (!result)
        result = retention_read(options_text(options, "retention.ended-jobs"),
                                options_text(options, "retention.organizations"), &loaded->memory,
                                &loaded->config.retention, err);
    if (!result)
        result = check_base_url(loaded->base_url, err);
    if (!result)
        result = read_proxies(loaded, options, err);
    if (!result)
        result = check_auth(&loaded->config.auth, err);
    if (result)
        goto out;
    *out = &loaded->config;
out:
    buffer_free(&loaded->scratch);
    if (result)
        config_free(&loaded->config);
    return result;
}

void config_free(struct config *config)
{
    struct loaded *loaded = (struct loaded *)config;

    if (!loaded)
        return;
    arena_reset(&loaded->memory);
    free(loaded);
}

int config_require_kafka(const struct config *config, struct err *err)
{
    if (config->bootstrap_servers)
        return DONE;
    return err_set(err, FATAL, "CONFIGURATION",
                   "kafka.bootstrap.servers is not set: say --set kafka.bootstrap.servers="
                   "localhost:9092 or put it into the configuration file");
}

int config_require_authentication(const struct config *config, struct err *err)
{
    if (config->cancel_authentication != CANCEL_AUTHENTICATION_NONE)
        return DONE;
    return err_set(err, FATAL, "CONFIGURATION",
                   "cancel.requests.authentication is not set: choose token (each request over "
                   "Kafka carries a signed token) or topic-acl (whoever may write %s is trusted), "
                   "or leave the cancel gate out: serve --only project",
                   config->cancel_request_topic);
}

int config_require_auth(const struct config *config, bool for_http, struct err *err)
{
    const char *missing = NULL;

    if (!config->auth.issuer)
        missing = "auth.issuer";
    else if (!config->auth.keys.source.location)
        missing = "auth.jwks";
    else if (for_http && !config->auth.audience)
        missing = "auth.audience";
    if (!missing)
        return DONE;
    return err_set(err, FATAL, "CONFIGURATION",
                   "%s is not set: tokens cannot be verified without it (jobtrail help options)",
                   missing);
}

int config_require_http(const struct config *config, struct err *err)
{
    if (config->http.is_wanted)
        return config_require_auth(config, true, err);
    return err_set(err, FATAL, "CONFIGURATION",
                   "http.listen is not set: say where the HTTP API listens, as in --set "
                   "http.listen=127.0.0.1:8080, or leave it out: serve --only project,cancel");
}
