# SPDX-License-Identifier: Apache-2.0
"""The files in docker/ against each other, this checkout and the real binary; test_image.py builds them."""
import os
import re
import shutil
import subprocess

import kubernetes_validate
import pytest
import yaml

from installed import ROOT, build_folder, run
from jobtrail_process import environment_of, free_port, run_jobtrail
from needs import need
from waiting import wait_until

DOCKER = ROOT / "docker"
KUBERNETES = DOCKER / "kubernetes"
SETTINGS_AWAY = 75  # the settings are good, and nobody answers


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def dockerfile():
    """Its instructions, each on one line."""
    text = re.sub(r"^#.*\n", "", (DOCKER / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def services():
    return read(DOCKER / "compose.yaml")["services"]


def settings_are_good(environment):
    """Whether the binary knows all names and takes all values; ports that nobody uses keep it from an answer."""
    environment = {**environment_of({}), **environment, "JOBTRAIL_ADMIN_LISTEN": f"127.0.0.1:{free_port()}"}
    # A file that is in the container alone.
    environment.pop("JOBTRAIL_POSTGRES_PASSWORD_FILE", None)
    done = subprocess.run([os.environ["DEV_JOBTRAIL"], "ready"], env=environment, capture_output=True, text=True,
                          timeout=60, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == SETTINGS_AWAY, done.stderr


def test_the_dockerfile_copies_what_is_there_and_installs_what_a_build_needs():
    needed = re.search(r'\[build\]="([^"]+)"', (ROOT / "tools/install.sh").read_text(encoding="utf-8"))[1].split()
    built = next(line for line in dockerfile() if "apt-get install" in line).split()
    assert set(needed) <= set(built)
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"]
    assert allowed and all((ROOT / path).exists() for path in allowed)
    users = [line for line in dockerfile() if line.startswith("USER ")]
    assert users == ["USER 65532:65532"]
    stages = {line.split(" AS ")[1] for line in dockerfile() if " AS " in line}
    assert {service["build"]["target"] for service in services().values() if "build" in service} <= stages


def test_the_version_of_the_image_is_that_of_the_project():
    version = re.search(r"project\(jobtrail VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"))[1]
    assert f"ARG VERSION={version}" in dockerfile()
    assert read(KUBERNETES / "overlays/example/kustomization.yaml")["images"][0]["newTag"] == version


def test_services_of_compose_wait_for_what_is_there():
    for name, service in services().items():
        assert re.fullmatch(r"[a-z/-]+:(v?\d[\w.-]*|try-out)", service["image"]), service["image"]
        for other, how in service.get("depends_on", {}).items():
            assert how["condition"] != "service_healthy" or "healthcheck" in services()[other], f"{name}: {other}"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert not source.startswith(".") or (DOCKER / source).is_file(), volume
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_the_settings_of_compose_are_known():
    for service in services().values():
        settings = {name: value for name, value in service.get("environment", {}).items() if name.startswith("JOBTRAIL_")}
        if settings:
            settings_are_good(settings)


@pytest.fixture(name="tried")
def fixture_tried(world, tmp_path):
    """What compose starts of ours, with its commands and settings, but for where things are."""
    started = []
    inside, ports = world.settings(), {8080: free_port(), 8081: free_port(), 9464: free_port()}

    def moved(text):
        text = str(text).replace("0.0.0.0", "127.0.0.1")
        return re.sub(r":(8080|8081|9464)\b", lambda found: f":{ports[int(found[1])]}", text)

    def environment(name):
        elsewhere = {"JOBTRAIL_POSTGRES_CONNINFO", "JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "JOBTRAIL_SCHEMA_REGISTRY_URL"}
        given = services()[name]["environment"]
        return {**environment_of(inside), "JOBTRAIL_SCHEMA_REGISTRY_URL": world.registry,
                **{key: moved(value) for key, value in given.items() if key not in elsewhere}}

    def start(name, program):
        with (tmp_path / f"serve-{name}.log").open("wb") as log:
            started.append(subprocess.Popen(  # pylint: disable=consider-using-with
                [program, *map(moved, services()[name]["command"])], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=environment(name) if "environment" in services()[name] else None))
        return started[-1]

    def end(name, program):
        process = start(name, program)
        assert process.wait(120) == 0, (tmp_path / f"serve-{name}.log").read_text(encoding="utf-8")

    yield start, end, ports
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_the_commands_of_compose_show_jobs(tried, world):
    start, end, ports = tried
    binary = os.environ["DEV_JOBTRAIL"]
    if not world.registry:
        pytest.skip("there is no schema registry: ./dev test")
    end("migrate", binary)
    end("schemas", binary)
    start("jobtrail", binary)
    issuer = start("issuer", build_folder() / "tests/support/issuer/local_issuer")
    ready = ["env", f"JOBTRAIL_ADMIN_LISTEN=0.0.0.0:{ports[9464]}", binary, "ready"]
    wait_until(lambda: run(*ready, status=None) == "ok\n", "the health check is content")
    start("emit", binary)
    wait_until(lambda: len(world.rows("select from jobtrail.job where organization_id = 'organization-01'")) > 5,
               "there are jobs")
    page = f"http://localhost:{ports[8080]}/organizations/organization-01"
    assert f"http://localhost:{ports[8081]}" in run("curl", "-sS", "-D", "-", "-H", "Accept: text/html", page)
    found = yaml.safe_load(run("curl", "-sS", f"http://localhost:{ports[8081]}/.well-known/openid-configuration"))
    assert found["issuer"] == f"http://localhost:{ports[8081]}"
    assert issuer.poll() is None


def test_what_compose_makes_topics_of_is_what_dev_makes():
    made = re.findall(r"^make (\S+)", (DOCKER / "compose/topics.sh").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert made == re.findall(r'^    "(job\.[a-z-]+):', (ROOT / "tools/kafka.sh").read_text(encoding="utf-8"),
                              flags=re.MULTILINE)


def manifests():
    for path in sorted(KUBERNETES.rglob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            yield path, document


def test_manifests_are_as_kubernetes_has_them():
    foreign = ("kustomize.config.k8s.io", "keda.sh")
    validated = [path for path, document in manifests() if not document["apiVersion"].startswith(foreign)
                 and kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)]
    assert len(validated) >= 7


def test_kustomizations_name_what_is_there():
    for path, document in manifests():
        for name in document.get("resources", []) + document.get("components", []):
            assert (path.parent / name).exists(), f"{path}: {name}"


def test_each_part_has_a_deployment_and_settings_that_are_known():
    base = read(KUBERNETES / "base/kustomization.yaml")
    for part in ("project", "cancel", "http"):
        assert part in base["resources"]
        patch = yaml.safe_load(read(KUBERNETES / "base" / part / "kustomization.yaml")["patches"][0]["patch"])
        assert patch[0]["value"] == ["serve", "--only", part]
    example = read(KUBERNETES / "overlays/example/kustomization.yaml")
    literals = [each for file in (base, example) for each in file["configMapGenerator"][0]["literals"]]
    settings_are_good(dict(each.split("=", 1) for each in literals))


def test_ready_tells_what_it_is_told(launch, migrated):
    """Of a topic that is missing, of nobody who answers, and of a serve that works."""
    settings = migrated.settings()
    served = launch({**settings, "topic.commands": "nowhere"})
    words = ["ready", "--set", f"admin.listen=0.0.0.0:{served.port}"]
    wait_until(lambda: "nowhere" in run_jobtrail({}, *words, status=None), "the topic is missed")
    assert "nowhere" in run_jobtrail({}, *words, status=1)
    served.kill()
    run_jobtrail({}, *words, status=SETTINGS_AWAY)
    served = launch(settings).wait_ready()
    assert run_jobtrail({}, "ready", "--set", f"admin.listen=127.0.0.1:{served.port}") == "ok\n"
    run_jobtrail({}, "ready", "--set", "admin.listen=127.0.0.1:0", status=3)


def test_prometheus_takes_its_configuration(tmp_path):
    for path in (DOCKER / "compose/prometheus.yml", ROOT / "docs/operate/alerts.yaml"):
        shutil.copy(path, tmp_path)
    assert "SUCCESS" in run(need("DEV_PROMTOOL")[0], "check", "config", tmp_path / "prometheus.yml")


@pytest.mark.early
@pytest.mark.long
def test_kustomize_and_compose_read_them(tmp_path):
    """By the programs themselves, which Go's proxy has."""
    if not shutil.which("go"):
        pytest.skip("Go 1.24 or newer is not on the PATH")
    for program in ("sigs.k8s.io/kustomize/kustomize/v5@v5.7.1", "github.com/compose-spec/compose-go/v2/cmd@v2.6.5"):
        run("go", "install", program, env={**os.environ, "GOBIN": str(tmp_path)})
    run(tmp_path / "cmd", DOCKER / "compose.yaml")

    documents = list(yaml.safe_load_all(run(tmp_path / "kustomize", "build", KUBERNETES / "overlays/example")))
    for document in documents:
        if document["kind"] != "ScaledObject":
            assert kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
    found = {(each["kind"], each["metadata"]["name"]): each["spec"] for each in documents if "spec" in each}
    for part in ("project", "cancel", "http"):
        deployment = found["Deployment", f"jobtrail-{part}"]
        pod = deployment["template"]
        assert pod["spec"]["containers"][0]["args"] == ["serve", "--only", part]
        assert deployment["selector"]["matchLabels"]["app.kubernetes.io/component"] == part
        budget = found["PodDisruptionBudget", f"jobtrail-{part}"]
        assert budget["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    assert "replicas" not in found["Deployment", "jobtrail-project"]
    assert found["ScaledObject", "jobtrail-project"]["scaleTargetRef"]["name"] == "jobtrail-project"
    source = found["NetworkPolicy", "jobtrail-admin"]["ingress"][0]["from"][0]
    assert source["podSelector"]["matchLabels"] == {"app.kubernetes.io/name": "prometheus"}
