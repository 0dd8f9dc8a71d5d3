// SPDX-License-Identifier: Apache-2.0
// Which handler a path and a method lead to: one table. Pure.
#pragma once

#include "view/visit.h"

struct route {
    const char *name;                   // as route_name says it
    const char *pattern;                // behind /organizations/ID; a star is an id
    visit_handler *get, *post, *delete; // NULL: not allowed
    bool is_about_jobs;                 // needs the reader, and says how fresh it is
    bool has_parameters;                // GET reads the query itself
    enum problem missing;               // what it answers where there is nothing to see
};

enum {
    ROUTES = 15,
    ROUTE_OTHER = ROUTES,    // no such address
    ROUTE_PAGE = ROUTES + 1, // the Jobs page, which is no resource of the API
    ROUTE_NAMES,
};

extern const struct route routes[ROUTES];
// Their names in metrics, and those of ROUTE_OTHER and ROUTE_PAGE.
const char *route_name(size_t place);

// Sets route, organization_id and ids of the visit; NULL: no such address.
const struct route *route_find(struct visit *visit);
// NULL: the method is not allowed.
visit_handler *route_handler(const struct route *route, enum method method);
// Whether it decides or tells of decisions: a replica may not know of them yet.
bool route_needs_primary(const struct route *route, enum method method);
// Whether it asks for a job to be cancelled.
bool route_cancels(const struct route *route, enum method method);
// "GET, HEAD, OPTIONS" and so on.
const char *route_allows(const struct route *route);
