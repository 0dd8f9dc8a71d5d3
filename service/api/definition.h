// SPDX-License-Identifier: Apache-2.0
// The media types of the API's definition: OGC's clients look for these texts in its links.
#pragma once

#define DEFINITION_YAML "application/vnd.oai.openapi;version=3.1"
#define DEFINITION_JSON "application/vnd.oai.openapi+json;version=3.0"
