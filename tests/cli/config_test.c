// SPDX-License-Identifier: Apache-2.0
// The table of options holds itself together, and the typed configuration is what was written.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "serve/process/config.h"
#include "serve/process/option_table.h"
#include "store/connection/password.h"

static void every_default_is_a_value_the_option_takes(void **state)
{
    struct err err;

    (void)state;
    for (size_t i = 0; i < option_table.count; i++) {
        const struct option *option = &option_table.options[i];

        assert_non_null(option->prose);
        if (option->fallback && option_value_check(option, option->fallback, &err))
            fail_msg("%s", err.text);
        for (size_t other = 0; other < i; other++)
            assert_string_not_equal(option->name, option_table.options[other].name);
    }
}

// Options from "name=value" texts; the last one is NULL.
static struct options *options_from(const char *const *assignments)
{
    struct options *options;
    struct err err;

    assert_int_equal(options_new(&option_table, &options, &err), DONE);
    for (; *assignments; assignments++)
        if (options_read_assignment(options, *assignments, &err))
            fail_msg("%s", err.text);
    return options;
}

static struct config *config_from(const char *const *assignments)
{
    struct options *options = options_from(assignments);
    struct config *config = NULL;
    struct err err;

    if (config_load(options, &config, &err))
        fail_msg("%s", err.text);
    options_free(options); // the config owns its strings
    return config;
}

static void refuses(const char *const *assignments, const char *words)
{
    struct options *options = options_from(assignments);
    struct config *config = NULL;
    struct err err;

    assert_int_equal(config_load(options, &config, &err), FATAL);
    assert_string_equal(err.reason, "CONFIGURATION");
    if (!strstr(err.text, words))
        fail_msg("\"%s\" lacks \"%s\"", err.text, words);
    assert_null(config);
    options_free(options);
}

static void nothing_configured_means_the_defaults(void **state)
{
    struct config *config = config_from((const char *const[]){NULL});
    struct err err;

    (void)state;
    assert_string_equal(config->event_topics[0], "job.events");
    assert_null(config->event_topics[1]);
    assert_null(config->event_namespaces[0]);
    assert_string_equal(config->dead_letter_topic, "job.dead-letters");
    assert_string_equal(config->cancel_request_topic, "job.cancel-requests");
    assert_string_equal(config->command_topic, "job.commands");
    assert_string_equal(config->decision_topic, "job.cancel-decisions");
    assert_string_equal(config->group_id, "jobtrail");
    assert_string_equal(config->admin_listen.host, "127.0.0.1");
    assert_int_equal(config->admin_listen.port, 9464);
    assert_true(config->workers >= 1);
    assert_int_equal(config->batch_max_events, 65536);
    assert_int_equal(config->cache_bytes, 8 << 20);
    assert_int_equal(config->dead_letters_patience_ms, 60000);
    assert_false(config->ignore_unknown_events);
    assert_null(config->registry.url);
    assert_null(config->schema_directory);
    assert_string_equal(config->postgres_conninfo, "");
    assert_true(*config->instance);
    assert_int_equal(config_require_kafka(config, &err), FATAL);
    config_free(config);
}

static void what_is_written_arrives_typed(void **state)
{
    struct config *config = config_from((const char *const[]){
        "topic.events=a, b", "events.namespaces=x.v1", "events.unknown=ignore", "workers=3",
        "kafka.bootstrap.servers=h:1", "kafka.group.id=g", "kafka.security.protocol=ssl",
        "admin.listen=[::1]:0", "schema.registry.url=http://r", "schema.registry.timeout=250ms",
        "log.format=json", "log.level=debug", "instance=me", "cache.bytes=1MiB", NULL});
    struct err err;

    (void)state;
    assert_string_equal(config->event_topics[0], "a");
    assert_string_equal(config->event_topics[1], "b");
    assert_null(config->event_topics[2]);
    assert_string_equal(config->event_namespaces[0], "x.v1");
    assert_true(config->ignore_unknown_events);
    assert_int_equal(config->workers, 3);
    assert_int_equal(config->kafka_count, 2);
    assert_string_equal(config->kafka[0].name, "bootstrap.servers");
    assert_string_equal(config->kafka[1].name, "security.protocol");
    assert_string_equal(config->kafka[1].value, "ssl");
    assert_string_equal(config->group_id, "g");
    assert_string_equal(config->admin_listen.host, "::1");
    assert_string_equal(config->registry.url, "http://r");
    assert_int_equal(config->registry.timeout_ms, 250);
    assert_int_equal(config->log_format, LOG_JSON);
    assert_int_equal(config->log_level, LOG_DEBUG);
    assert_string_equal(config->instance, "me");
    assert_int_equal(config->cache_bytes, 1 << 20);
    assert_int_equal(config_require_kafka(config, &err), DONE);
    config_free(config);
}

static void single_parameters_win_over_the_conninfo(void **state)
{
    struct config *config = config_from(
        (const char *const[]){"postgres.conninfo=postgresql://u@h1/d", "postgres.host=h2",
                              "postgres.password=it's a \\ secret", NULL});

    (void)state;
    assert_non_null(strstr(config->postgres_conninfo, "user='u'"));
    assert_true(strstr(config->postgres_conninfo, "host='h2'") >
                strstr(config->postgres_conninfo, "host='h1'"));
    assert_non_null(strstr(config->postgres_conninfo, "password='it\\'s a \\\\ secret'"));
    config_free(config);
}

static void is_read_from(const char *const *assignments, const char *expected)
{
    struct config *config = config_from(assignments);

    if (!expected)
        assert_null(config->http.read_conninfo);
    else
        assert_string_equal(config->http.read_conninfo, expected);
    config_free(config);
}

static void a_replica_is_as_the_primary_but_for_where_it_is(void **state)
{
#define PRIMARY                                                                                    \
    "postgres.conninfo=host=a,b hostaddr=::1,::2 port=1 user=u target_session_attrs=read-write",   \
        "postgres.dbname=d", "postgres.password=p", "postgres.port=2"
    (void)state;
    is_read_from((const char *const[]){PRIMARY, NULL}, NULL);
    is_read_from((const char *const[]){PRIMARY, "http.read-conninfo=host=r", NULL},
                 "user='u' dbname='d' password='p' host='r'");
    is_read_from((const char *const[]){PRIMARY, "http.read-conninfo=postgresql://v@r:3/", NULL},
                 "user='u' dbname='d' password='p' user='v' host='r' port='3'");
    is_read_from((const char *const[]){PRIMARY, "http.read-conninfo=service=s", NULL},
                 "user='u' dbname='d' password='p' service='s'");
    // The same servers, and another of them; or another port of the same host.
    is_read_from((const char *const[]){PRIMARY,
                                       "http.read-conninfo=target_session_attrs=prefer-standby",
                                       NULL},
                 "user='u' host='a,b' hostaddr='::1,::2' port='1' target_session_attrs='read-write'"
                 " dbname='d' password='p' port='2' target_session_attrs='prefer-standby'");
    is_read_from(
        (const char *const[]){"postgres.conninfo=host=a", "http.read-conninfo=port=3", NULL},
        "host='a' port='3'");
    refuses((const char *const[]){"http.read-conninfo=hunter2", NULL}, "http.read-conninfo");
}

// As whoever connects reads it.
static void assert_password(const char *conninfo, const char *expected)
{
    struct buffer password;
    bool is_renewed;
    struct err err;

    buffer_init(&password);
    assert_int_equal(password_read(conninfo, &password, &is_renewed, &err), DONE);
    assert_int_equal(is_renewed, expected != NULL);
    if (expected)
        assert_string_equal(password.data, expected);
    buffer_free(&password);
}

static void a_password_from_elsewhere_is_read_by_whoever_connects(void **state)
{
    struct config *config = config_from(
        (const char *const[]){"postgres.conninfo=host=h password=old", "http.read-conninfo=host=r",
                              "postgres.password.command=printf '%s' 'it'\\''s \\'", NULL});
    const char *conninfo = config->postgres_conninfo;

    (void)state;
    assert_password(conninfo, "it's \\");
    assert_string_equal(password_skip_source(conninfo), " password='old' host='h'");
    assert_password(config->http.read_conninfo, "it's \\");
    config_free(config);

    config = config_from((const char *const[]){"postgres.password.command=echo first",
                                               "postgres.sslpassword.command=echo second",
                                               "http.read-conninfo=host=r password=own", NULL});
    assert_non_null(strstr(config->postgres_conninfo, "sslpassword='second'"));
    assert_password(config->postgres_conninfo, "first");
    assert_password(config->http.read_conninfo, NULL);
    config_free(config);
}

static void a_kafka_secret_is_followed_by_where_it_is(void **state)
{
    struct config *config = config_from((const char *const[]){
        "kafka.sasl.password.command=echo hunter2", "kafka.client.id=c", NULL});

    (void)state;
    assert_int_equal(config->kafka_count, 3);
    assert_string_equal(config->kafka[0].name, "sasl.password");
    assert_string_equal(config->kafka[0].value, "hunter2");
    assert_string_equal(config->kafka[1].name, "sasl.password.command");
    assert_string_equal(config->kafka[1].value, "echo hunter2");
    assert_string_equal(config->kafka[2].name, "client.id");
    config_free(config);
}

static void refuses_what_libpq_does_not_know(void **state)
{
    (void)state;
    refuses((const char *const[]){"postgres.ssl_mode=require", NULL},
            "did you mean \"postgres.sslmode\"");
    refuses((const char *const[]){"postgres.conninfo=host=h hunter2", NULL}, "postgres.conninfo");
    refuses((const char *const[]){"schema.registry.token=t", "schema.registry.user-info=u:p", NULL},
            "exclude each other");
    refuses((const char *const[]){"schema.registry.kind=apicurio", NULL}, "schema.registry.url");
    refuses((const char *const[]){"schema.registry.kind=glue", NULL}, "UUID.avsc");
    refuses((const char *const[]){"schema.registry.kind=glue", "schema.directory=/d",
                                  "schema.registry.url=http://r", NULL},
            "UUID.avsc");
    refuses((const char *const[]){"schema.registry.use-id=globalId", NULL},
            "schema.registry.kind=apicurio alone");
}

static void a_refused_parameter_is_told_with_its_line(void **state)
{
    char path[] = "/tmp/config_test_XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");
    struct options *options = options_from((const char *const[]){NULL});
    struct config *config;
    struct err err;
    char place[64];

    (void)state;
    assert_non_null(file);
    fputs("# where it is\npostgres.hots = h\n", file);
    fclose(file);
    assert_int_equal(options_read_file(options, path, &err), DONE);
    assert_int_equal(config_load(options, &config, &err), FATAL);
    snprintf(place, sizeof place, "%s:2: ", path);
    assert_int_equal(strncmp(err.text, place, strlen(place)), 0);
    assert_non_null(strstr(err.text, "\"postgres.host\""));
    unlink(path);
    options_free(options);
}

static void a_broken_conninfo_is_refused_without_repeating_it(void **state)
{
    struct options *options =
        options_from((const char *const[]){"postgres.conninfo=hunter2", NULL});
    struct config *config;
    struct err err;

    (void)state;
    assert_int_equal(config_load(options, &config, &err), FATAL);
    assert_null(strstr(err.text, "hunter2"));
    options_free(options);
    options = options_from((const char *const[]){"http.read-conninfo=hunter2", NULL});
    assert_int_equal(config_load(options, &config, &err), FATAL);
    assert_null(strstr(err.text, "hunter2"));
    options_free(options);
}

static void tokens_need_an_issuer_keys_and_an_audience(void **state)
{
    struct config *config = config_from((const char *const[]){NULL});
    struct err err;

    (void)state;
    assert_null(config->auth.issuer);
    assert_null(config->auth.keys.source.location);
    assert_string_equal(config->auth.claims.member, "/sub");
    assert_string_equal(config->auth.request_audience, "jobtrail-cancel-requests");
    assert_int_equal(config->auth.keys.refresh_ms, 300000);
    assert_int_equal(config_require_auth(config, false, &err), FATAL);
    config_free(config);
    config = config_from((const char *const[]){"auth.issuer=https://i", "auth.jwks=/k", NULL});
    assert_int_equal(config_require_auth(config, false, &err), DONE);
    assert_int_equal(config_require_auth(config, true, &err), FATAL);
    assert_non_null(strstr(err.text, "auth.audience"));
    config_free(config);
}

static void claims_are_json_pointers(void **state)
{
    (void)state;
    refuses((const char *const[]){"auth.claim.member=sub", NULL}, "auth.claim.member");
    refuses((const char *const[]){"auth.claim.role=/a~2", NULL}, "JSON pointer");
    refuses((const char *const[]){"auth.claim.organization=#/a", NULL}, "auth.claim.organization");
    refuses((const char *const[]){"auth.audience=jobtrail-cancel-requests", NULL}, "must differ");
    refuses((const char *const[]){"auth.role.user=member,User,Manager", NULL},
            "\"Manager\" is a name of two roles, User and Manager");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_default_is_a_value_the_option_takes),
        cmocka_unit_test(nothing_configured_means_the_defaults),
        cmocka_unit_test(tokens_need_an_issuer_keys_and_an_audience),
        cmocka_unit_test(claims_are_json_pointers),
        cmocka_unit_test(what_is_written_arrives_typed),
        cmocka_unit_test(single_parameters_win_over_the_conninfo),
        cmocka_unit_test(a_replica_is_as_the_primary_but_for_where_it_is),
        cmocka_unit_test(a_password_from_elsewhere_is_read_by_whoever_connects),
        cmocka_unit_test(a_kafka_secret_is_followed_by_where_it_is),
        cmocka_unit_test(refuses_what_libpq_does_not_know),
        cmocka_unit_test(a_refused_parameter_is_told_with_its_line),
        cmocka_unit_test(a_broken_conninfo_is_refused_without_repeating_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
