# SPDX-License-Identifier: Apache-2.0
"""The definition of the API: well-formed, with examples that are right, and of the routes there
are; and that of the topics. Needs no servers."""
import importlib.util
import json
import pathlib
import re

import jsonschema
import openapi_spec_validator
import pytest
import yaml

ROOT = pathlib.Path(__file__).parents[2]
DEFINITION = yaml.safe_load((ROOT / "schemas/openapi.yaml").read_text(encoding="utf-8"))
TOPICS = yaml.safe_load((ROOT / "schemas/asyncapi.yaml").read_text(encoding="utf-8"))
METHODS = ("get", "post", "delete")
# What a schema here may be made of. Validators of the standards let through what they do not know.
OF_SCHEMAS = {
    "$ref", "additionalProperties", "allOf", "anyOf", "const", "default", "description", "enum", "format", "items", "maxItems",
    "maxLength", "maximum", "minItems", "minLength", "minimum", "pattern", "properties", "required", "type"}


def resolve(node):
    while "$ref" in node:
        found = DEFINITION
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def operations():
    return [(path, method, DEFINITION["paths"][path][method])
            for path in DEFINITION["paths"] for method in METHODS if method in DEFINITION["paths"][path]]


def contents():
    """Every body that has an example: where, its schema, the example."""
    for path, method, operation in operations():
        if "requestBody" in operation:
            for media in operation["requestBody"]["content"].values():
                yield f"{method} {path}", media
        for status, response in operation["responses"].items():
            for media in resolve(response).get("content", {}).values():
                yield f"{method} {path} {status}", media


def older():
    """What is served as JSON, made as the build makes it."""
    specification = importlib.util.spec_from_file_location("definition", ROOT / "cmake/definition.py")
    script = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(script)
    return script.in_3_0(DEFINITION)


def below(node, where=""):
    """Everything in it, with its place."""
    yield where, node
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from below(value, f"{where}/{str(key).replace('/', '~1')}")


def schemas(node, where=""):
    """Every schema in it that is no part of another, with its place."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key == "schema" or where.endswith("components/schemas"):
            yield f"{where}/{key}", value
        elif key not in ("example", "payload"):
            yield from schemas(value, f"{where}/{key}")


def parts(schema, where):
    """The schema and those within it."""
    yield where, schema
    for name, each in schema.get("properties", {}).items():
        yield from parts(each, f"{where}/properties/{name}")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from parts(schema[key], f"{where}/{key}")
    for several in ("allOf", "anyOf"):
        for place, each in enumerate(schema.get(several, ())):
            yield from parts(each, f"{where}/{several}/{place}")


def faults(definition):
    """Places at which it says what nobody meant: a comma too much makes a key without a value of the
    rest of a sentence, and a key that is misspelt says nothing."""
    for where, node in below(definition):
        if node is None:
            yield f"{where}: no value"
    for place, schema in schemas(definition):
        for where, part in parts(schema, place):
            yield from (f"{where}: {key}" for key in part.keys() - OF_SCHEMAS)
            if part.get("type") == "integer" and part.get("format") not in ("int32", "int64"):
                yield f"{where}: of which size?"
            if part.get("type") == "array" and "items" not in part:
                yield f"{where}: of what?"


@pytest.mark.parametrize("definition", [DEFINITION, TOPICS, older()], ids=["openapi", "asyncapi", "older"])
def test_it_says_nothing_that_nobody_meant(definition):
    assert not list(faults(definition))
    assert len(list(schemas(definition))) >= 3


@pytest.mark.parametrize("text, fault", [
    ("components: { schemas: { A: { type: string, description: One, two } } }", "/components/schemas/A/two: no value"),
    ("components: { schemas: { A: { type: object, properties: { b: { type: string, maxLenght: 1 } } } } }",
     "/components/schemas/A/properties/b: maxLenght"),
    ("content: { a/b: { schema: { type: array, items: { type: integer } } } }",
     "/content/a/b/schema/items: of which size?")])
def test_faults_are_found(text, fault):
    assert fault in list(faults(yaml.safe_load(text)))


def test_the_headers_of_each_message_are_told():
    """Readers of the definition of the topics look for them in an object's own properties."""
    for name, message in TOPICS["components"]["messages"].items():
        headers = TOPICS["components"]["schemas"][message["headers"]["$ref"].rsplit("/", 1)[1]]
        assert headers["type"] == "object" and headers["properties"], name


def test_each_operation_says_what_it_is_for():
    for path, method, operation in operations():
        assert operation["summary"] and operation["description"], f"{method} {path}"


def test_it_is_openapi():
    openapi_spec_validator.validate(DEFINITION)
    openapi_spec_validator.validate(older())
    assert DEFINITION["openapi"].startswith("3.1.") and older()["openapi"].startswith("3.0.")


def test_what_3_0_cannot_say_is_not_made(monkeypatch):
    """The build ends rather than serve what means something else."""
    for node in ({"patternProperties": {}}, {"type": ["string", "integer"]}, {"examples": []}):
        with monkeypatch.context() as patch, pytest.raises(ValueError):
            patch.setitem(DEFINITION["components"]["schemas"], "Odd", node)
            older()


def test_the_older_form_means_the_same():
    """But for what 3.0 has another word for, it is the same, and nothing is left out."""
    text = json.dumps(older())
    for where, node in below(DEFINITION["paths"]):
        if isinstance(node, str) and not where.endswith("/type"):
            assert json.dumps(node)[1:-1] in text, where
    assert older()["components"]["schemas"]["StatusInfo"]["properties"]["type"]["enum"] == ["process"]


def test_each_example_fits_its_schema():
    count = 0
    for where, media in contents():
        schema = {**media["schema"], "components": DEFINITION["components"]}
        try:
            jsonschema.Draft202012Validator(
                schema, format_checker=jsonschema.FormatChecker()).validate(media["example"])
        except jsonschema.ValidationError as error:
            raise AssertionError(f"{where}: {error.message}") from None
        count += 1
    assert count > 100


def routes():
    """The table in routes.c: a path with {} for each id, and its methods."""
    text = (ROOT / "service/api/routes.c").read_text(encoding="utf-8")
    table = text[text.index("routes[ROUTES] = {"):text.index("*route_name(")]
    for pattern, *handlers in re.findall(
            r'\{"\w+",\s*"([^"]*)",\s*(\w+),\s*(\w+),\s*(\w+),', table):
        yield pattern.replace("*", "{}"), tuple(
            method for method, handler in zip(METHODS, handlers) if handler != "NULL")


def test_it_has_the_routes_that_there_are():
    documented = {re.sub(r"\{\w+\}", "{}", path.removesuffix("/")): tuple(
        method for method in METHODS if method in item)
        for path, item in DEFINITION["paths"].items()}
    assert documented == dict(routes())


@pytest.mark.parametrize("path,method,operation", operations(),
                         ids=[f"{method} {path}" for path, method, _ in operations()])
def test_each_answer_is_documented(path, method, operation):
    statuses = set(operation["responses"])
    assert {"400", "401", "404", "405", "414", "429", "default"} <= statuses
    if method == "get" and not path.endswith(("/execution", "/stream")):
        assert "304" in statuses
    if method in ("post", "delete") and not path.endswith("/execution"):
        assert {"202", "403", "409", "413", "422"} <= statuses
    if "/jobs" in path or path.endswith(("/processes", "{processID}")):
        assert "504" in statuses


def test_each_problem_is_one_that_is_made():
    made = (ROOT / "service/http/problem.c").read_text(encoding="utf-8")
    for name, response in DEFINITION["components"]["responses"].items():
        for media in response.get("content", {}).values():
            assert media["example"]["type"].rsplit("/", 1)[-1].rsplit(":", 1)[-1] in made, name
            assert media["example"]["title"] in made, name
