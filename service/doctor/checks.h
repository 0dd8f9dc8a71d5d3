// SPDX-License-Identifier: Apache-2.0
// The functions of check_table.
#pragma once

#include "doctor/check.h"

typedef int check_run(const struct patient *patient, struct findings *findings, struct err *err);

check_run check_configuration, check_libraries, check_ports;
check_run check_server, check_owners, check_schema, check_rights, check_settings, check_connections,
    check_sequences, check_transactions, check_slots, check_space, check_outbox, check_retention;
check_run check_reader, check_replica;
check_run check_brokers, check_topics, check_writers, check_access, check_positions;
check_run check_registry, check_schema_folder, check_keys, check_token, check_certificates,
    check_clocks;
