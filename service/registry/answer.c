// SPDX-License-Identifier: Apache-2.0
#include "registry/answer.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "wire/schema_source.h"

static json_t *parse(struct slice answer)
{
    json_error_t error;
    json_t *root =
        json_loadb(answer.data ? answer.data : "", answer.size, JSON_REJECT_DUPLICATES, &error);

    if (json_is_object(root))
        return root;
    json_decref(root);
    return NULL;
}

static bool is_absent(const json_t *value)
{
    return !value || json_is_null(value);
}

int answer_schema(struct slice answer, struct answered_schema *out, struct err *err)
{
    json_t *root = parse(answer);
    const json_t *type = json_object_get(root, "schemaType");
    json_t *references = json_object_get(root, "references");
    const char *schema = json_string_value(json_object_get(root, "schema"));
    int rc = 0;

    if (!root || !schema)
        rc = err_set(err, RETRY, "SCHEMA_UNREACHABLE",
                     "the schema registry's answer is not a schema; is the URL right?");
    else if (!is_absent(type) &&
             (!json_is_string(type) || strcmp(json_string_value(type), "AVRO") != 0))
        rc = schema_no_hope(err, "the schema registry has it, but not as an Avro schema");
    else if (!is_absent(references) && !json_is_array(references))
        rc = schema_no_hope(err, "what the schema refers to is not a list");
    else if (!(out->text = strdup(schema)))
        rc = err_no_memory(err);
    else
        out->references = is_absent(references) ? NULL : json_incref(references);
    json_decref(root);
    return rc;
}

int answer_references(struct slice answer, json_t **out, struct err *err)
{
    json_t *root = json_loadb(answer.data ? answer.data : "", answer.size, 0, NULL);

    if (!json_is_array(root)) {
        json_decref(root);
        return err_set(err, RETRY, "SCHEMA_UNREACHABLE",
                       "the schema registry's answer is no list of references; is the URL right?");
    }
    *out = root;
    return DONE;
}

void answered_schema_free(struct answered_schema *schema)
{
    free(schema->text);
    json_decref(schema->references);
    *schema = (struct answered_schema){0};
}

int answer_id(struct slice answer, uint32_t *id, struct err *err)
{
    json_t *root = parse(answer);
    const json_t *value = json_object_get(root, "id");
    json_int_t number = json_is_integer(value) ? json_integer_value(value) : -1;

    json_decref(root);
    if (number < 0 || number > INT32_MAX)
        return err_set(err, RETRY, "REGISTRY_UNREACHABLE",
                       "the schema registry's answer has no id; is the URL right?");
    *id = (uint32_t)number;
    return DONE;
}

int answer_count(struct slice answer, size_t *count, struct err *err)
{
    json_t *root = json_loadb(answer.data ? answer.data : "", answer.size, 0, NULL);
    int rc = DONE;

    if (json_is_array(root))
        *count = json_array_size(root);
    else
        rc = err_set(err, RETRY, "REGISTRY_UNREACHABLE",
                     "the schema registry's answer is no list of subjects; is the URL right?");
    json_decref(root);
    return rc;
}

void answer_message(struct slice answer, char *out, size_t size)
{
    json_t *root = parse(answer);
    const json_t *said = json_object_get(root, "message");
    const char *message = json_string_value(said ? said : json_object_get(root, "title"));
    struct slice text = slice_of(message ? message : "");

    text.size = utf8_cut(text, size - 1);
    for (size_t i = 0; i < text.size; i++)
        out[i] = (unsigned char)text.data[i] < ' ' || text.data[i] == 127 ? ' ' : text.data[i];
    out[text.size] = '\0';
    json_decref(root);
}

char *answer_registration(struct slice schema_json)
{
    json_t *root = json_pack("{s:s%}", "schema", schema_json.data, schema_json.size);
    char *packed = root ? json_dumps(root, JSON_COMPACT) : NULL;
    char *copy = packed ? strdup(packed) : NULL;

    free(packed);
    json_decref(root);
    return copy;
}
