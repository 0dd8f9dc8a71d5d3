// SPDX-License-Identifier: Apache-2.0
// The environment variables by which Kubernetes tells every container of a namespace of its
// services: where one is called jobtrail, or jobtrail-api, they begin as ours do.
#pragma once

#include <stdbool.h>

// Whether Kubernetes sets a variable of this name, to such a value, for a service:
// NAME_SERVICE_HOST, NAME_SERVICE_PORT[_...], NAME_PORT=tcp://...,
// NAME_PORT_80_TCP[_PROTO|_PORT|_ADDR].
bool is_service_variable(const char *name, const char *value);
