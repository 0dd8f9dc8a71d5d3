// SPDX-License-Identifier: Apache-2.0
// The path of http.base-url, behind which the outside finds the API: a proxy may leave it in front
// of what it hands on, or take it off. Pure.
#pragma once

#include "view/visit.h"

// The path of an address without a slash at its end: "" where it has none, or is empty itself.
const char *base_path_of(const char *base_url);
// The target without that path, if it is there and an address of ours comes behind it.
struct slice base_path_without(const char *base_url, struct slice target);
// Makes the path of the request, of which nothing but problems speak, that which the outside knows.
void base_path_put(const char *base_url, struct visit *visit);
