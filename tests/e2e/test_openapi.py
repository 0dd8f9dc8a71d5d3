# SPDX-License-Identifier: Apache-2.0
"""The definition of the API: well-formed, with examples that are right, and of the routes there
are. Needs no servers."""
import pathlib
import re

import jsonschema
import openapi_spec_validator
import pytest
import yaml

ROOT = pathlib.Path(__file__).parents[2]
DEFINITION = yaml.safe_load((ROOT / "schemas/openapi.yaml").read_text(encoding="utf-8"))
PREFIX = "/organizations/{organization_id}"
METHODS = ("get", "post", "delete")


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


def test_it_is_openapi():
    openapi_spec_validator.validate(DEFINITION)


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
    documented = {re.sub(r"\{\w+\}", "{}", path.removeprefix(PREFIX)): tuple(
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
