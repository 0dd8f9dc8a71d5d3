# SPDX-License-Identifier: Apache-2.0
"""What stands behind a test of the Jobs page: a database and topics of its own, a `jobtrail serve`
with the HTTP API, and an issuer with four members. Started by stage.js, which tells it what to do:
one JSON object a line on standard input, {"do": NAME, "with": {...}}, and one a line back,
{"result": ...} or {"error": TEXT}. The first line back says where things are. It ends, and clears
away, when its input ends.

    stage.py FOLDER [OPTIONS AS JSON]
"""
import json
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "support"))

# pylint: disable=wrong-import-position
from jobtrail_process import Serve, environment_of, free_port, run_jobtrail
from own_proxy import default_nginx
from waiting import wait_until
from world import World

# As `jobtrail emit --simulate` names them.
ORGANIZATION = "organization-01"
MEMBERS = {
    "administrator": ("Administrator", "member-01-001", "Alice Martin"),
    "manager": ("Manager", "member-01-002", "Ben Keller"),
    "colleague": ("Manager", "member-01-003", "Chloé Dubois"),
    "user": ("User", "member-01-004", "Dan Novak"),
}


class Stage:
    """Its public methods are what can be asked for."""

    def __init__(self, folder, options):
        self._folder, self._options = folder, options
        self._port, self._issuer_port = free_port(), free_port()
        self._listen, self._proxies = self._port, []
        self._serve = self._issuer = self._simulation = None
        self._world = World()
        try:
            run_jobtrail(self._world.settings(), "migrate")
            self.start_issuer()
            self._start_proxies(options.get("nginx", 0))
            self.start_serve()
        except BaseException:
            self.close()
            raise

    def _start_proxies(self, count):
        for place in range(count):
            port, self._listen = self._listen, free_port()
            folder = pathlib.Path(self._folder) / f"nginx-{place}"
            self._proxies.append(default_nginx(folder, self._listen, port).start())

    def where(self):
        return {
            "origin": f"http://127.0.0.1:{self._port}",
            "issuer": f"http://127.0.0.1:{self._issuer_port}",
            "organization": ORGANIZATION,
            "members": {key: {"role": role, "id": member, "name": name, "place": place}
                        for place, (key, (role, member, name)) in enumerate(MEMBERS.items())},
        }

    def settings(self):
        issuer = f"http://127.0.0.1:{self._issuer_port}"
        return {**self._world.settings(), "http.listen": f"127.0.0.1:{self._listen}",
                "auth.issuer": issuer, "auth.audience": "jobtrail", "auth.jwks": f"{issuer}/jwks",
                "page.client-id": "jobs", "http.rate": 1000, **self._options.get("settings", {})}

    def start_serve(self):
        self._serve = Serve(self.settings(), self._folder).wait_ready()

    def stop_serve(self):
        self._serve.stop()

    def kill_serve(self):
        self._serve.kill()

    def start_issuer(self, lifetime=None, refresh=None):
        """lifetime: of tokens, in seconds; refresh: whether there are refresh tokens."""
        lifetime = lifetime or self._options.get("lifetime", 300)
        refresh = self._options.get("refresh", True) if refresh is None else refresh
        command = [os.environ["DEV_ISSUER"], "--listen", f"127.0.0.1:{self._issuer_port}",
                   "--page", f"http://127.0.0.1:{self._port}", "--client-id", "jobs",
                   "--audience", "jobtrail", "--lifetime", str(lifetime)]
        for role, member, name in MEMBERS.values():
            command += ["--member", f"{role}:{member}:{ORGANIZATION}:{name}"]
        if not refresh:
            command.append("--without-refresh")
        self._issuer = subprocess.Popen(  # pylint: disable=consider-using-with
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        assert self._issuer.stdout.readline(), "the issuer does not start"

    def stop_issuer(self):
        self._issuer.terminate()
        self._issuer.wait(10)

    def run(self, arguments):
        """A command of jobtrail, to its end: what it printed."""
        return run_jobtrail(self.settings(), *arguments)

    def emit(self, events):
        """Each event is the flags of `jobtrail emit`; until all are projected."""
        for flags in events:
            run_jobtrail(self.settings(), "emit", "--organization", ORGANIZATION, *flags)
        self.catch_up()

    def catch_up(self):
        wait_until(self._world.is_caught_up, "the projection has read everything")

    def start_simulation(self, flags):
        """jobtrail emit --simulate, in the background, with jobs that obey."""
        command = [os.environ["DEV_JOBTRAIL"], "emit", "--simulate", "0", "--organizations", "1",
                   "--members", str(len(MEMBERS)), *flags]
        self._simulation = subprocess.Popen(  # pylint: disable=consider-using-with
            command, env=environment_of(self.settings()), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop_simulation(self):
        self._simulation.terminate()
        self._simulation.wait(30)

    def sql(self, query):
        """Rows of the database, each an object."""
        return json.loads(json.dumps(self._world.rows(query), default=str))

    def execute(self, statements):
        self._world.execute(statements)

    def now(self):
        return time.time()

    def log(self):
        return self._serve.log_text()

    def close(self):
        for process in (self._simulation, self._issuer):
            if process and process.poll() is None:
                process.kill()
                process.wait()
        for proxy in self._proxies:
            proxy.stop()
        if self._serve:
            self._serve.close()
        self._world.close()


def main():
    folder = pathlib.Path(sys.argv[1])
    stage = Stage(folder, json.loads(sys.argv[2]) if len(sys.argv) > 2 else {})
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else is printed does not get between the answers

    def say(answer):
        print(json.dumps(answer), file=out, flush=True)

    try:
        say({"result": stage.where()})
        for line in sys.stdin:
            asked = json.loads(line)
            try:
                assert not asked["do"].startswith("_")
                say({"result": getattr(stage, asked["do"])(**asked.get("with", {}))})
            except Exception as error:  # pylint: disable=broad-except
                say({"error": f"{asked['do']}: {type(error).__name__}: {error}"})
    finally:
        stage.close()


if __name__ == "__main__":
    main()
