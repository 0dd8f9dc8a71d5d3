// SPDX-License-Identifier: Apache-2.0
// Settings: what is wrong is refused by name; what something was made of stays as it is.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/settings.h"

struct heard {
    unsigned count;
    char text[256];
};

static void hear(void *self, enum jobtrail_level level, const char *text)
{
    struct heard *heard = self;

    (void)level;
    heard->count++;
    strncpy(heard->text, text, sizeof heard->text - 1);
}

static int new_settings(void **state)
{
    *state = jobtrail_settings_new();
    return *state ? 0 : -1;
}

static int free_settings(void **state)
{
    jobtrail_settings_free(*state);
    return 0;
}

static void set(struct jobtrail_settings *settings, const char *name, const char *value)
{
    assert_int_equal(jobtrail_settings_set(settings, name, value, NULL), JOBTRAIL_OK);
}

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *name, *value, *reason, *text;
    } cases[] = {
        {"organisation", "acme", "UNKNOWN", "no setting \"organisation\""},
        {"queue.bytes", "1KiB", "CONFIGURATION", "queue.bytes"},
        {"queue.bytes", "much", "CONFIGURATION", "queue.bytes"},
        {"event.ids", "any", "CONFIGURATION", "event.ids"},
        {"organization", "", "CONFIGURATION", "organization"},
    };
    struct jobtrail_error error;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(jobtrail_settings_set(*state, cases[i].name, cases[i].value, &error),
                         JOBTRAIL_SETTING);
        assert_int_equal(error.code, JOBTRAIL_SETTING);
        assert_string_equal(error.reason, cases[i].reason);
        assert_non_null(strstr(error.text, cases[i].text));
    }
}

static void what_is_missing_is_named(void **state)
{
    const struct client_config *config;
    struct jobtrail_error error;

    assert_int_equal(settings_retain(*state, &config, &error), JOBTRAIL_SETTING);
    assert_non_null(strstr(error.text, "organization"));
    set(*state, "organization", "acme");
    assert_int_equal(settings_retain(*state, &config, &error), JOBTRAIL_SETTING);
    assert_non_null(strstr(error.text, "kafka.bootstrap.servers"));
}

static void they_outlive_their_handle_and_stay_as_they_are(void **state)
{
    struct jobtrail_settings *settings = jobtrail_settings_new();
    const struct client_config *config;
    struct jobtrail_error error;

    (void)state;
    assert_non_null(settings);
    set(settings, "organization", "acme");
    set(settings, "kafka.bootstrap.servers", "127.0.0.1:1");
    set(settings, "kafka.linger.ms", "7");
    assert_int_equal(settings_retain(settings, &config, &error), JOBTRAIL_OK);
    assert_int_equal(jobtrail_settings_set(settings, "source", "x", &error), JOBTRAIL_SETTING);
    assert_string_equal(error.reason, "IN_USE");
    jobtrail_settings_free(settings);
    assert_string_equal(options_text(config->options, "organization"), "acme");
    assert_int_equal(config->property_count, 2);
    assert_string_equal(config->properties[1].name, "linger.ms");
    settings_release(config);
}

static void what_is_logged_goes_to_the_callback(void **state)
{
    struct heard heard = {0};
    const struct client_config *config;

    set(*state, "organization", "acme");
    set(*state, "kafka.bootstrap.servers", "127.0.0.1:1");
    jobtrail_settings_log(*state, hear, &heard);
    assert_int_equal(settings_retain(*state, &config, NULL), JOBTRAIL_OK);
    log_divert(&config->log);
    log_warn("kafka", "it does not answer", LOG_TEXT("broker", "one"), LOG_INT("times", 3));
    log_divert(NULL);
    settings_release(config);
    assert_int_equal(heard.count, 1);
    assert_string_equal(heard.text, "kafka: it does not answer broker=one times=3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_wrong_is_named, new_settings, free_settings),
        cmocka_unit_test_setup_teardown(what_is_missing_is_named, new_settings, free_settings),
        cmocka_unit_test(they_outlive_their_handle_and_stay_as_they_are),
        cmocka_unit_test_setup_teardown(what_is_logged_goes_to_the_callback, new_settings,
                                        free_settings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
