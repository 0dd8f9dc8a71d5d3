#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes of schemas/openapi.yaml what is served of it (cmake/definition.cmake).

    definition.py FILE OUT-YAML OUT-JSON

OUT-YAML is FILE with the one server SERVER, which the service replaces by the landing page that it
was asked of. OUT-JSON is the same in OpenAPI 3.0, which more clients read: OGC's look for that alone.
What 3.0 cannot say and nobody taught this script ends the build.
"""
import json
import re
import sys

import yaml

# service/api/definition.c knows it. The quotes are replaced with it.
SERVER = '"@LANDING_PAGE@"'
SERVERS = re.compile(r"^servers:\n(?:[ #].*\n)+", re.MULTILINE)
# Keys that came with 3.1 (or with JSON Schema behind it) and are not turned into anything here.
NOT_IN_3_0 = {
    "$defs", "$dynamicRef", "$id", "$schema", "contains", "contentEncoding", "contentMediaType", "dependentRequired",
    "dependentSchemas", "else", "examples", "if", "jsonSchemaDialect", "patternProperties", "pathItems",
    "prefixItems", "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties", "webhooks"}
# 3.0 knows no identifier of a licence.
LICENSE = {"Apache-2.0": {"name": "Apache License 2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"}}
# Below these, names are the author's.
OF_NAMES = {"properties", "paths", "responses", "parameters", "schemas", "headers", "securitySchemes", "variables"}


def with_server(text):
    """The text with the server to be replaced."""
    made, count = SERVERS.subn(f"servers:\n  - url: {SERVER}\n", text)
    if count != 1:
        raise ValueError("there is no one block of servers")
    return made


def older(node, where=()):
    """The same in OpenAPI 3.0."""
    if isinstance(node, list):
        return [older(each, (*where, "[]")) for each in node]
    if not isinstance(node, dict) or (
            where and where[-1] in ("example", "default", "enum") and not is_property(where)):
        return node
    names = bool(where) and where[-1] in OF_NAMES and not is_property(where)
    made = {}
    for key, value in node.items():
        here = (*where, key)
        if not names and key in NOT_IN_3_0:
            raise ValueError(f"{'/'.join(here)}: OpenAPI 3.0 has no {key}")
        if not names and key == "const":
            made["enum"] = [value]
        elif not names and key == "type" and isinstance(value, list):
            raise ValueError(f"{'/'.join(here)}: OpenAPI 3.0 has one type only")
        else:
            made[key] = older(value, here)
    return made


def is_property(where):
    """Whether the last name is that of a property, a parameter and the like, not a key."""
    return len(where) > 1 and where[-2] in OF_NAMES and not is_property(where[:-1])


def in_3_0(definition):
    """The whole of it: besides schemas, two things of its head are said otherwise."""
    made = older(definition)
    made["openapi"] = "3.0.3"
    summary = made["info"].pop("summary")
    made["info"]["description"] = f"{summary}\n\n{made['info']['description']}"
    made["info"]["license"] = LICENSE[made["info"]["license"]["identifier"]]
    return made


def main(source, out_yaml, out_json):
    """Writes both."""
    with open(source, encoding="utf-8") as file:
        text = with_server(file.read())
    with open(out_yaml, "w", encoding="utf-8") as file:
        file.write(text)
    with open(out_json, "w", encoding="utf-8") as file:
        json.dump(in_3_0(yaml.safe_load(text)), file, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main(*sys.argv[1:])
