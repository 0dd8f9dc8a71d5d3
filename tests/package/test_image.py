# SPDX-License-Identifier: Apache-2.0
"""The image, built twice over a small Debian of the test's own, and started without any privilege."""
import json
import os
import re
import shutil

import pytest

from asking import created
from chroot import Chroot, proxies
from installed import ROOT, program, run
from jobtrail_process import Serve, run_jobtrail
from needs import need
from waiting import wait_for_equal
from world import World

MOST_BYTES = 60 * 1024 * 1024
EPOCH = "1700000000"
# Its root cannot be written, /proc apart; neither the account nor what it starts can become another.
ENTER = ('mount --make-rprivate / && mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" &&'
         ' mount -t proc proc "$0/proc" &&'
         ' exec setpriv --no-new-privs chroot --userspec=65532:65532 "$0" "$@"')


class Images:
    """Images in a store of their own."""

    def __init__(self, folder):
        self.environment = {**os.environ, "STORAGE_DRIVER": "vfs", "BUILDAH_ISOLATION": "chroot"}
        self.command = [program("buildah"), "--root", folder / "store", "--runroot", folder / "run"]
        self.folder = folder

    def buildah(self, *arguments):
        return run(*self.command, *arguments, env=self.environment)

    def make_base(self):
        """What debian:…-slim is: documents but copyrights, and lists, left out."""
        debian = Chroot(self.folder / "root")
        for name in ("usr/share/man", "usr/share/locale", "usr/share/info", "var/cache/apt", "var/lib/apt/lists", "var/log"):
            shutil.rmtree(debian.folder / name)
            (debian.folder / name).mkdir()
        run("find", debian.folder / "usr/share/doc", "!", "-type", "d", "!", "-name", "copyright", "-delete")
        debian.at("/usr/sbin/policy-rc.d").unlink()
        container = self.buildah("from", "scratch").strip()
        self.buildah("copy", "--quiet", container, debian.folder, "/")
        self.buildah("commit", "--quiet", "--timestamp", "0", container, "localhost/base")
        self.buildah("rm", container)
        shutil.rmtree(debian.folder)

    def build(self, name):
        passed = [f"--build-arg={variable}={value}" for variable, value in proxies().items()]
        self.buildah("bud", "--network", "host", "--format", "docker", "--pull-never", "--layers=false",
                     "--timestamp", EPOCH, "--build-arg", f"SOURCE_DATE_EPOCH={EPOCH}", "--build-arg", "BASE=localhost/base", *passed,
                     "--target", "jobtrail", "-t", name, "-f", ROOT / "docker/Dockerfile", ROOT)
        return json.loads(self.buildah("inspect", "--type", "image", name))["Docker"]


@pytest.fixture(name="images")
def fixture_images(tmp_path):
    images = Images(tmp_path)
    images.make_base()
    yield images
    images.buildah("rm", "--all")
    images.buildah("rmi", "--all", "--force")


@pytest.fixture(name="world")
def fixture_world():
    """On TCP, since the container does not have the socket of PostgreSQL."""
    home, _, _ = need("DEV_POSTGRES_TCP", "JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS", "DEV_JOBTRAIL")
    mine = World(home)
    yield mine
    mine.close()


@pytest.mark.early
@pytest.mark.long
def test_two_builds_are_the_same_and_what_they_make_serves(images, world, tmp_path):
    image = images.build("jobtrail:one")
    assert image["rootfs"] == images.build("jobtrail:two")["rootfs"]

    images.buildah("push", "--quiet", "--format", "oci", "jobtrail:one", f"oci-archive:{tmp_path}/image.tar")
    size = (tmp_path / "image.tar").stat().st_size
    container = images.buildah("from", "--pull-never", "jobtrail:one").strip()
    root = images.buildah("mount", container).strip()
    unpacked = int(run("du", "--summarize", "--bytes", root).split()[0])
    print(f"the image has {size / 2**20:.1f} MiB, unpacked {unpacked / 2**20:.1f} MiB")
    assert size < MOST_BYTES

    config = image["config"]
    assert config["Healthcheck"]["Test"] == ["CMD", "/usr/bin/jobtrail", "ready"]
    assert config["User"] == "65532:65532" and config["StopSignal"] == "SIGTERM" and config["Cmd"] == ["serve"]
    assert config["Labels"]["org.opencontainers.image.version"] in run_jobtrail({}, "--version")
    assert not any(re.search("password|secret|token", name, re.IGNORECASE) for name in config["Env"])
    serve_of(config["Entrypoint"][0], root, world, tmp_path)


def serve_of(binary, root, world, folder):
    """From an empty database to a job that is there, its health check and its end."""
    enter = ["unshare", "--mount", "sh", "-c", ENTER, root]
    refused = run(*enter, "/bin/sh", "-c", "id -u; touch /file /tmp/file /usr/bin/file", status=1)
    assert refused.startswith("65532\n") and refused.count("Read-only file system") == 3
    path = folder / "inside"
    path.write_text("#!/bin/sh\nexec unshare --mount sh -c '" + ENTER + f"' '{root}' {binary} \"$@\"\n", encoding="utf-8")
    path.chmod(0o755)
    settings = world.settings()
    environment = {f"JOBTRAIL_{name.upper().replace('.', '_').replace('-', '_')}": str(value)
                   for name, value in settings.items()}
    run(path, "migrate", env={**os.environ, **environment})
    served = Serve(settings, folder, binary=path)
    try:
        served.wait_ready()
        ask = ["--set", f"admin.listen=127.0.0.1:{served.port}"]
        assert run(path, "ready", *ask, env={**os.environ, **environment}) == "ok\n"
        world.produce("events", [created("job-1")])
        wait_for_equal(lambda: len(world.rows("select from jobtrail.job")), 1, "the job is there")
        served.stop()
        assert "refused" not in served.log_text()
    finally:
        served.close()
