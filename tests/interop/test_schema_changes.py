# SPDX-License-Identifier: Apache-2.0
"""Emitters and receivers go on with the schemas that they have when Jobtrail becomes newer, and may take newer ones
before it does: each schema that ever went out and the present one read each other's values, by Avro's own checker and by
the readers of five languages; and what would break that is found. Which went out: schemas_before/README.md."""
import copy
import io
import json
import pathlib
import subprocess
import uuid

import fastavro
import pytest

from asking import now_us
from jobtrail_process import run_jobtrail
from needs import need
from schema_changes import (BEFORE, PROGRAMS, SCHEMAS, ask, own_faults, plain, question, read_in_python, resolved,
                            schemas_of, values_of, versions)
from waiting import wait_for_equal, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOW, VERSIONS = schemas_of(SCHEMAS), versions()
# Of one process, in which each reader is asked once about all; Java's is compiled by that group's.
pytestmark = pytest.mark.xdist_group("java")


def field_of(schema, name):
    return next(field for field in schema["fields"] if field["name"] == name)


def without(schema, name):
    schema["fields"].remove(field_of(schema, name))


def also(schema, **field):
    schema["fields"].append(field)


def symbols(schema, *add, remove=()):
    of = field_of(schema, "decision")["type"]
    of["symbols"] = [each for each in of["symbols"] if each not in remove] + list(add)
    return of


# What nobody may do, made up: the record, how it is changed, and whether Avro's rules forbid it (else ours do).
BREAKING = {
    "a field without a default is removed": ("JobProgressed", lambda new: without(new, "progress"), True),
    "a field without a default is added": ("JobStarted", lambda new: also(new, name="host", type="string"), True),
    "a field is renamed": ("JobCreated", lambda new: field_of(new, "type").update(name="kind"), True),
    "a field is renamed and has an alias": (
        "JobCreated", lambda new: field_of(new, "type").update(name="kind", aliases=["type"]), True),
    "an enum's symbol is removed, and there is no default": (
        "CancelDecided", lambda new: symbols(new, remove=["refused"]).pop("default"), True),
    "an enum's symbol is added, and there was no default": (
        "CancelDecided", lambda new: symbols(new, "postponed"), True),
    "a type is narrowed": ("JobStarted", lambda new: field_of(new, "occurred_at").update(type="int"), True),
    "a type is widened": ("JobProgressed", lambda new: field_of(new, "progress").update(type="long"), True),
    "a text may be null": ("CancelJob", lambda new: field_of(new, "type").update(type=["null", "string"]), True),
    "a text may be null no longer": (
        "JobStarted", lambda new: (field_of(new, "message").update(type="string", default="")), True),
    "a record is renamed": ("JobStarted", lambda new: new.update(name="JobBegun"), True),
    "a namespace is another": ("JobStarted", lambda new: new.update(namespace="jobtrail.v2"), False),
    "microseconds become milliseconds": (
        "JobStarted", lambda new: field_of(new, "occurred_at")["type"].update(logicalType="timestamp-millis"), False),
    "a default is another": ("JobCreated", lambda new: field_of(new, "cancellable").update(default=False), False),
    "a default is gone": ("JobStarted", lambda new: field_of(new, "message").pop("default"), False),
    "a default symbol is another": ("CancelDecided", lambda new: symbols(new).update(default="granted"), False),
}
READ_ALL_THE_SAME = {("java", "a record is renamed"), ("rust", "a record is renamed")}
# What everybody may do.
HARMLESS = {
    "another sentence": ("JobStarted", lambda new: new.update(doc="An attempt runs.")),
    "a field that may be null": ("JobStarted", lambda new: also(new, name="host", type=["null", "string"], default=None)),
    "a field with a default": ("CancelJob", lambda new: also(new, name="priority", type="int", default=3)),
    "a field at another place": ("JobCreated", lambda new: new["fields"].reverse()),
    "one more symbol": ("CancelDecided", lambda new: symbols(new, "postponed")),
}
MADE_UP_BEFORE = {"an enum's symbol is added, and there was no default": lambda old: symbols(old).pop("default")}


def made_up(name):
    """(the schema that there is, the one after that change)"""
    record, change = {**BREAKING, **HARMLESS}[name][:2]
    old = copy.deepcopy(NOW[record])
    MADE_UP_BEFORE.get(name, lambda _: None)(old)
    new = copy.deepcopy(old)
    change(new)
    return old, new


PAIRS = {**{f"{version} {record}": (old, NOW[record]) for version, schemas in VERSIONS.items()
            for record, old in schemas.items() if record in NOW}, **{name: made_up(name) for name in BREAKING},
         **{name: made_up(name) for name in HARMLESS}}
REAL = [name for name in PAIRS if name not in BREAKING and name not in HARMLESS]
LANGUAGES = ["python", "java", "node", *(pytest.param(each, marks=pytest.mark.long) for each in ("go", "rust"))]


@pytest.fixture(name="answers", scope="module")
def fixture_answers(request, tmp_path_factory):
    """answers(language)[pair]: of what is written by the old and read by the new, and of the other way."""
    known = {}

    def of(language):
        if language not in known:
            questions = [question(*way) for old, new in PAIRS.values() for way in ((old, new), (new, old))]
            if language == "python":
                answers = read_in_python(questions)
            else:
                classpath = request.getfixturevalue("java_classpath") if language == "java" else None
                answers = ask(PROGRAMS[language](classpath, tmp_path_factory.mktemp(language)), questions)
            known[language] = dict(zip(PAIRS, zip(answers[::2], answers[1::2])))
        return known[language]

    return of


def expected(writer, reader):
    return [resolved(value, writer, reader) for value in values_of(writer)]


def faults_of_avro(answers, name):
    forth, back = answers("java")[name]
    return forth["faults"] + back["faults"]


def faults_of_reader(answers, language, name):
    return [value for way in answers(language)[name] for value in way["values"] if isinstance(value, str)]


@pytest.mark.parametrize("name", REAL + list(HARMLESS))
def test_avros_checker_and_our_rules_accept_the_change(answers, name):
    assert faults_of_avro(answers, name) == []
    assert not list(own_faults(*PAIRS[name]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_are_read_both_ways(answers, language):
    for name in REAL + list(HARMLESS):
        old, new = PAIRS[name]
        forth, back = answers(language)[name]
        assert forth["values"] == expected(old, new), name
        assert back["values"] == expected(new, old), name


@pytest.mark.parametrize("name", BREAKING)
def test_a_change_that_breaks_is_found(answers, name):
    by_avro = BREAKING[name][2]
    assert bool(faults_of_avro(answers, name)) == by_avro
    assert by_avro or list(own_faults(*PAIRS[name]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_readers_stumble_over_what_the_checker_finds(answers, language):
    """So the values would show it, too."""
    for name in (name for name, (_, _, by_avro) in BREAKING.items() if by_avro):
        reads = (language, name) in READ_ALL_THE_SAME
        assert bool(faults_of_reader(answers, language, name)) != reads, name


def test_no_record_is_gone():
    for version, schemas in VERSIONS.items():
        assert schemas and set(schemas) <= set(NOW), version


def test_the_service_knows_what_was_written_without_a_registry():
    """A value in single-object encoding says no more than the fingerprint of its schema."""
    need("DEV_JOBTRAIL")
    known = {each["specified"] for each in json.loads(run_jobtrail({}, "schemas", "list", "--output", "json"))}
    for version, schemas in VERSIONS.items():
        for record, schema in schemas.items():
            canonical = fastavro.schema.to_parsing_canonical_form(schema)
            assert fastavro.schema.fingerprint(canonical, "CRC-64-AVRO") in known, f"{record} of {version}"


def single_object(schema, **fields):
    """A value as it was written by that version of a record."""
    canonical = fastavro.schema.to_parsing_canonical_form(schema)
    value = io.BytesIO()
    value.write(b"\xc3\x01" + bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO")))
    least = values_of(schema)[0]
    written = {name: fields.get(name, of) for name, of in least.items()}
    fastavro.schemaless_writer(value, fastavro.parse_schema(plain(schema)), written)
    return value.getvalue()


def test_the_service_reads_what_each_version_wrote(migrated, serve):
    serve(migrated.settings())
    becomes = {"JobCreated": "accepted", "JobStarted": "running", "JobProgressed": "running",
               "JobSucceeded": "successful", "JobFailed": "failed", "JobCancelled": "dismissed"}
    expected_jobs = {}
    for version, schemas in VERSIONS.items():
        for record in becomes:
            job = {"organization_id": "acme", "job_id": f"{version} {record}", "attempt": 1, "type": "Load"}
            values = [single_object(schemas[each], **job, event_id=str(uuid.uuid4()), occurred_at=now_us(),
                                    error_code="E", result_uri=None) for each in ("JobCreated", record)]
            migrated.produce("events", [(job["job_id"], value, []) for value in values])
            expected_jobs[job["job_id"]] = becomes[record]
        migrated.produce("cancel-requests", [(version, single_object(
            schemas["CancelRequested"], request_id=str(uuid.uuid4()), organization_id="acme",
            job_id=f"{version} JobStarted", requester_id="ben", requested_at=now_us()), [])])
    wait_for_equal(lambda: {row["job_id"]: row["status"] for row in migrated.rows("select * from jobtrail.job")},
                   expected_jobs, "each job is as it was told")
    wait_until(lambda: len(migrated.rows("select from jobtrail.cancellation")) == len(VERSIONS), "each request is there")
    assert not migrated.rows("select from jobtrail.dead_letter")


def git(*arguments):
    """What git says of this checkout; None where it knows no such thing, or this is none."""
    if not (ROOT / ".git").exists():
        return None
    done = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_kept_is_what_went_out(version):
    """A clone that has not that commit cannot tell; one that has all history must have it."""
    if git("cat-file", "-e", f"{version}^{{commit}}") is None:
        assert git("rev-parse", "--is-shallow-repository") != "false\n", f"there is no tag and no commit {version}"
        return
    names = git("ls-tree", "--name-only", f"{version}:schemas/avro").split()
    kept = {file.name: file.read_text(encoding="utf-8") for file in (BEFORE / version).iterdir()}
    assert kept == {name: git("show", f"{version}:schemas/avro/{name}") for name in names}


def test_every_tag_is_kept():
    tags = (git("tag", "--merged", "HEAD", "--list", "v[0-9]*", "[0-9]*") or "").split()
    assert set(tags) <= set(VERSIONS), "see tests/interop/schemas_before/README.md for what to do after a tag"
