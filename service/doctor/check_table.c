// SPDX-License-Identifier: Apache-2.0
// In the order in which one looks: what others stand on comes first. docs/operate/doctor.md has the
// same table.
#include "doctor/checks.h"

static bool uses_kafka(const struct patient *patient)
{
    return patient->projects || patient->has_gate;
}

static bool has_api(const struct patient *patient)
{
    return patient->has_api;
}

static bool has_replica(const struct patient *patient)
{
    return patient->has_api && patient->config->http.read_conninfo;
}

static bool has_registry(const struct patient *patient)
{
    return patient->config->registry.url;
}

static bool has_schema_folder(const struct patient *patient)
{
    return patient->config->schema_directory;
}

static bool has_keys(const struct patient *patient)
{
    return patient->config->auth.keys.source.location;
}

static bool has_token(const struct patient *patient)
{
    return patient->token.data;
}

const struct check check_table[] = {
    {"configuration", "whether the options say all that the parts need",
     .run = check_configuration},
    {"libraries", "which versions this jobtrail runs with", .run = check_libraries},
    {"ports", "whether it can listen where it shall", .run = check_ports},
    {"postgres", "which server it is, whether it takes writes, a pooler before it, encryption",
     .is_ground_of = ON_POSTGRES, .run = check_server},
    {"owners", "whose the tables are, and whether we have their owner's rights",
     .stands_on = ON_POSTGRES, .run = check_owners},
    {"schema", "the migrations", .stands_on = ON_POSTGRES, .is_ground_of = ON_SCHEMA,
     .run = check_schema},
    {"rights", "grants, policies, triggers, the search_path of functions", .stands_on = ON_SCHEMA,
     .run = check_rights},
    {"settings", "what of the server's settings loses data or lets tables grow",
     .stands_on = ON_POSTGRES, .run = check_settings},
    {"connections", "whether there is room for those of one process", .stands_on = ON_POSTGRES,
     .run = check_connections},
    {"sequences", "the ids that are drawn, against their tables", .stands_on = ON_SCHEMA,
     .run = check_sequences},
    {"transactions", "old and prepared ones, which hold vacuum back", .stands_on = ON_POSTGRES,
     .run = check_transactions},
    {"slots", "replication slots, which hold WAL back", .stands_on = ON_POSTGRES,
     .run = check_slots},
    {"space", "sizes, dead rows, transaction ids and WAL, as far as SQL tells",
     .stands_on = ON_SCHEMA, .run = check_space},
    {"outbox", "what waits to be published, and dead letters", .stands_on = ON_SCHEMA,
     .run = check_outbox},
    {"retention", "up to when ended jobs have left, and what is reached next",
     .stands_on = ON_SCHEMA, .run = check_retention},
    {"reader", "whether lists can be read, for every organisation", .stands_on = ON_SCHEMA,
     .concerns = has_api, .run = check_reader},
    {"replica", "the server of http.read-conninfo: whether it follows", .concerns = has_replica,
     .run = check_replica},
    {"kafka", "the brokers: whether they answer, what they speak", .is_ground_of = ON_KAFKA,
     .concerns = uses_kafka, .run = check_brokers},
    {"topics", "each topic: there, partitions, replicas, cleanup, retention, timestamps",
     .stands_on = ON_KAFKA, .concerns = uses_kafka, .run = check_topics},
    {"writers", "who may write the topics, by the cluster's access control lists",
     .stands_on = ON_KAFKA, .concerns = uses_kafka, .run = check_writers},
    {"access", "whether we may read the topics and join the groups", .stands_on = ON_KAFKA,
     .concerns = uses_kafka, .run = check_access},
    {"positions", "where each partition is read, against its log and its retention",
     .stands_on = ON_BOTH, .concerns = uses_kafka, .run = check_positions},
    {"registry", "the schema registry", .concerns = has_registry, .run = check_registry},
    {"schema folder", "schema.directory", .concerns = has_schema_folder,
     .run = check_schema_folder},
    {"keys", "the key set of auth.jwks, and what the issuer says of itself", .concerns = has_keys,
     .run = check_keys},
    {"token", "a given token, as the API takes it", .concerns = has_token, .run = check_token},
    {"certificates", "until when ours hold, for Kafka and for PostgreSQL",
     .run = check_certificates},
    {"clocks", "ours, PostgreSQL's, Kafka's and the key set's server's", .run = check_clocks},
};
const size_t check_count = sizeof check_table / sizeof *check_table;
