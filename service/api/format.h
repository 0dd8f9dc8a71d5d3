// SPDX-License-Identifier: Apache-2.0
// The parameter f, which every resource knows: the form of the answer, as if Accept said it. It is
// what clients of OGC's APIs send along with everything. Pure.
#pragma once

#include "view/visit.h"

// Takes f out of the request's parameters, so that nobody else has to know it, into format.
void format_read(struct visit *visit);
// Whether HTML is asked for rather than JSON, by f or Accept.
bool format_is_html(const struct visit *visit);
// Whether the value of f is one for a resource that has JSON alone. If not, the answer says why;
// the landing page (is_landing) has HTML too where there is a page.
bool format_check(const struct api *api, struct visit *visit, bool is_landing);
