// SPDX-License-Identifier: Apache-2.0
// Entity tags (RFC 9110, section 8.8.3). Ours are weak: the same body, compressed or not, has the
// same tag. By a hash that nobody can find a second body for.
#pragma once

#include "base/attributes.h"
#include "base/slice.h"

enum { ENTITY_TAG_SIZE = 40 };

void entity_tag(struct slice body, char out[ENTITY_TAG_SIZE]);
// Whether the value of an If-None-Match (null: there is none) has this tag.
bool entity_tag_matches(struct slice if_none_match, const char *tag);
