# SPDX-License-Identifier: Apache-2.0
"""Real proxies in front of a jobtrail, each a process of one test's own, stopped by its id. Their
configurations are those that docs/proxy shows, with the test's ports and files."""
import os
import pathlib
import shutil
import socket
import subprocess

from jobtrail_process import free_port
from waiting import wait_until

DOCS = pathlib.Path(__file__).parents[2] / "docs" / "proxy"
FILES = {"nginx": "nginx.conf", "caddy": "Caddyfile", "haproxy": "haproxy.cfg"}
NGINX = """{user}
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
access_log off;
client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
{servers}
}}
"""
# What nginx does where nobody told it anything.
DEFAULT_NGINX = "server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{to}; }} }}"


class OwnProxy:
    """Runs from start() to stop()."""

    def __init__(self, program, folder, config, port):
        self.port, self.folder = port, pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.file = self.folder / FILES[program]
        if program == "nginx":
            config = NGINX.format(user="user root root;" if not os.geteuid() else "", folder=self.folder, servers=config)
        self.file.write_text(config, encoding="utf-8")
        found = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin")
        assert found, f"{program} is missing: ./dev install test"
        self.command = [found, *{
            "nginx": ["-p", self.folder, "-e", self.folder / "error.log", "-c", self.file],
            "caddy": ["run", "--adapter", "caddyfile", "--config", self.file],
            "haproxy": ["-db", "-f", self.file]}[program]]
        self.process = None

    def start(self):
        home = {**os.environ, "XDG_DATA_HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder)}
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                self.command, env=home, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(self._accepts, f"{self.command[0]} accepts connections", 20)
        return self

    def _accepts(self):
        assert self.process.poll() is None, (self.folder / "log").read_text(encoding="utf-8")
        socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        return True

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def documented(program, folder, to, certificate=None, port=None):
    """As docs/proxy has it: with TLS, below /portal/. Without a certificate plain, at the root."""
    port = port or free_port()
    text = (DOCS / FILES[program]).read_text(encoding="utf-8").replace("127.0.0.1:8080", f"127.0.0.1:{to}")
    if certificate:
        text = text.replace("/etc/ssl/jobs.example.org.key", str(certificate.with_suffix(".key")))
        text = text.replace("/etc/ssl/jobs.example.org.pem", str(certificate.with_suffix(".key")))
        site = f"https://localhost:{port} {{\n\ttls {certificate} {certificate.with_suffix('.key')}"
    else:
        text = "".join(line for line in text.splitlines(True) if "ssl_certificate" not in line)
        text = text.replace("443 ssl http2", "443").replace("/portal/*", "").replace("/portal/", "/")
        text = text.replace("ssl crt /etc/ssl/jobs.example.org.pem alpn h2,http/1.1", "")
        site = f"http://127.0.0.1:{port} {{"
    if program == "caddy":
        text = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + text.replace("jobs.example.org {", site)
    text = text.replace("listen 443", f"listen 127.0.0.1:{port}").replace("bind :443", f"bind 127.0.0.1:{port}")
    return OwnProxy(program, folder, text, port)


def default_nginx(folder, to, port=None):
    port = port or free_port()
    return OwnProxy("nginx", folder, DEFAULT_NGINX.format(port=port, to=to), port)
