// SPDX-License-Identifier: Apache-2.0
// jobtrail schemas: the Avro schemas in the binary, to see, to print, to register.
#include "wire/schemas.h"

#include <byteswap.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/terminal/command.h"
#include "cli/terminal/output.h"

// As a value in single-object encoding has it behind its mark: little-endian.
static void put_fingerprint(struct output *output, uint64_t fingerprint)
{
    char text[20];

    snprintf(text, sizeof text, "%016" PRIx64, bswap_64(fingerprint));
    output_text(output, slice_of(text));
}

static int list(const struct invocation *invocation, struct err *err)
{
    struct output_column columns[2 + CANONICAL_FORMS + 1] = {{"name", {0}}};
    size_t count;
    const struct own_schema *schemas = own_schemas(&count);
    struct output *output;
    int rc;

    // On a narrow terminal the size leaves first, then the forms from the last one, the specified
    // one never.
    for (enum canonical_form form = 0; form < CANONICAL_FORMS; form++) {
        columns[1 + form].name = canonical_form_name(form);
        columns[1 + form].fit.leaves = form ? CANONICAL_FORMS + 1U - form : 0;
    }
    columns[1 + CANONICAL_FORMS] = (struct output_column){"bytes", {.leaves = 1}};
    rc = output_new(invocation->arguments, OUTPUT_TABLE, columns, &output, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < count; i++) {
        output_text(output, slice_of(schemas[i].full_name));
        for (size_t form = 0; form < CANONICAL_FORMS; form++)
            put_fingerprint(output, schemas[i].fingerprints[form]);
        output_integer(output, (int64_t)schemas[i].json.size);
    }
    rc = output_print(output, err);
    output_free(output);
    return rc;
}

static int print(const struct invocation *invocation, struct err *err)
{
    const char *name = invocation->arguments->positional[1];
    size_t count;
    const struct own_schema *schemas = own_schemas(&count);

    for (size_t i = 0; i < count; i++)
        if (!strcmp(schemas[i].name, name) || !strcmp(schemas[i].full_name, name)) {
            fwrite(schemas[i].json.data, 1, schemas[i].json.size, stdout);
            return DONE;
        }
    return err_set(err, FATAL, "USAGE",
                   "print needs the name of a schema, as \"schemas list\" has them");
}

static int register_all(struct registry *registry, struct output *output, struct err *err)
{
    size_t count;
    const struct own_schema *schemas = own_schemas(&count);

    for (size_t i = 0; i < count; i++) {
        uint32_t id;
        int rc = registry_register(registry, schemas[i].full_name, schemas[i].json, &id, err);

        if (rc)
            return rc;
        output_text(output, slice_of(schemas[i].full_name));
        output_integer(output, id);
    }
    return DONE;
}

static int do_register(const struct invocation *invocation, struct err *err)
{
    static const struct output_column columns[] = {{"subject", {0}}, {"id", {0}}, {NULL, {0}}};
    struct registry *registry = NULL;
    struct output *output;
    int rc;

    if (!invocation->config->registry.url)
        return err_set(err, FATAL, "CONFIGURATION", "schema.registry.url is not set");
    if (!registry_takes_ours(&invocation->config->registry))
        return err_set(err, FATAL, "CONFIGURATION",
                       "schemas are registered by Confluent's interface: set schema.registry.kind="
                       "confluent for this command, and the address of that interface "
                       "(Apicurio: /apis/ccompat/v7)");
    rc = output_new(invocation->arguments, OUTPUT_TABLE, columns, &output, err);
    if (rc)
        return rc;
    registry = registry_new(&invocation->config->registry, err);
    rc = registry ? register_all(registry, output, err) : (int)err->disposition;
    if (!rc)
        rc = output_print(output, err);
    if (registry)
        registry_free(registry);
    output_free(output);
    return rc;
}

static const struct verb verbs[] = {
    {"list", "", 0, "their names and fingerprints", list},
    {"print", "NAME", 1, "one of them", print},
    {"register", "", 0, "puts them into the schema registry", do_register},
};

static const struct flag flags[] = {OUTPUT_FLAG};

const struct command schemas_command = {
    .name = "schemas",
    .summary = "Lists, prints or registers the Avro schemas of the events",
    .description =
        "list has the fingerprints of each, as they stand in a value in Avro's single-object\n"
        "encoding, by each canonical form that libraries write: specified (Java, fastavro,\n"
        "avsc), logical (hamba; Rust's apache-avro up to 0.16), goavro, object (Apache's\n"
        "Python; Rust's apache-avro since 0.17). All are understood.\n"
        "register puts them into the registry of schema.registry.url, each under the\n"
        "subject of its full name (record name strategy). Again, it changes nothing.",
    .example = "  jobtrail schemas print JobCreated > JobCreated.avsc",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .verbs = verbs,
    .verb_count = sizeof verbs / sizeof *verbs,
};
