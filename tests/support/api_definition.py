# SPDX-License-Identifier: Apache-2.0
"""Holds each answer of the API against its definition: its status, media type, body and headers."""
import functools
import pathlib
import re

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).parents[2]


@functools.cache
def definition():
    return yaml.safe_load((ROOT / "schemas/openapi.yaml").read_text(encoding="utf-8"))


# The definition is one of an organisation, whose landing page is its root.
ROOTED = re.compile("/organizations/[^/]+")


@functools.cache
def paths():
    """Each path of the definition, as what an address must match, the more exact one first."""
    found = [(re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)) + "$"), item)
             for path, item in definition()["paths"].items()]
    return sorted(found, key=lambda each: each[0].pattern.count("[^/]+"))


def resolve(node):
    while "$ref" in node:
        found = definition()
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


@functools.cache
def checker(pointer):
    """What a schema at a place of the definition allows."""
    schema = {"$ref": f"#/{pointer}", "components": definition()["components"], "paths": definition()["paths"]}
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def escaped(text):
    return text.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


def documented(method, path):
    """The operation an address belongs to, and the pointer to it; None for one there is not."""
    root = ROOTED.match(path)
    for pattern, item in paths() if root else ():
        if pattern.match(path[root.end():] or "/") and method in item:
            name = next(each for each in definition()["paths"] if definition()["paths"][each] is item)
            return item[method], f"paths/{escaped(name)}/{method}"
    return None, None


def response_of(operation, pointer, status):
    """The response a status is documented as, and the pointer to it."""
    for name in (str(status), "default"):
        if name in operation["responses"]:
            response = operation["responses"][name]
            if "$ref" in response:
                pointer = response["$ref"].removeprefix("#/")
            else:
                pointer = f"{pointer}/responses/{name}"
            return resolve(response), pointer
    raise AssertionError(f"{pointer}: {status} is not documented")


def hold(method, path, answer):
    """Fails unless the answer (of requests) is one that the definition has."""
    operation, pointer = documented("get" if method == "HEAD" else method.lower(),
                                    path.split("?")[0].removesuffix("/"))
    if operation is None:
        assert answer.status_code in (400, 401, 404, 405, 413, 414, 429, 503), f"{method} {path}: {answer.status_code}"
        return
    response, pointer = response_of(operation, pointer, answer.status_code)
    for name in response.get("headers", {}):
        if name in answer.headers:
            hold_header(header_pointer(response, pointer, name), answer.headers[name])
    media = answer.headers.get("Content-Type", "").removesuffix("; charset=utf-8")
    if not answer.content:
        return
    assert media in response.get("content", {}), f"{method} {path}: {media}"
    if media.split(";")[0].endswith("json"):
        checker(f"{pointer}/content/{escaped(media)}/schema").validate(answer.json())


def hold_header(pointer, text):
    """A header is text, whatever its schema says that it means."""
    check = checker(pointer)
    kind = resolve_schema(check)
    check.validate(float(text) if kind == "number" else int(text) if kind == "integer" else text)


def resolve_schema(check):
    node = definition()
    for part in check.schema["$ref"].removeprefix("#/").split("/"):
        node = node[part.replace("%7B", "{").replace("%7D", "}").replace("~1", "/").replace("~0", "~")]
    return resolve(node).get("type")


def header_pointer(response, pointer, name):
    header = response["headers"][name]
    where = header["$ref"].removeprefix("#/") if "$ref" in header else f"{pointer}/headers/{name}"
    return f"{where}/schema"
