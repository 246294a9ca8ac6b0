"""A dashboard with a real OpenID Connect provider beside it, both on loopback, and one person of each role."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.served import PROJECT
from register.roles import Role

SECRET = "a secret of the tests alone, made of 40 characters"
# The page of the tests, which tries every kind of write.
TRYING = "tests/browser/access_site/served.py"


@dataclass(frozen=True)
class Site:
    """What is served, its data folder and its provider."""

    address: str
    issuer: str
    data_dir: Path

    def log(self) -> str:
        return (self.data_dir / "server.log").read_text()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@contextmanager
def running(command: list[str], address: str, log: Path, **environment: str) -> Iterator[None]:
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=PROJECT, env=os.environ | environment, stdout=output, stderr=output)
        try:
            answers(address, server)
            yield
        finally:
            server.terminate()
            server.wait()


def answers(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until a server that was started answers."""
    for _ in range(600):
        assert server.poll() is None, "it did not start"
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("it did not answer within a minute")


@contextmanager
def served(folder: Path, *, script: str = TRYING, issuer: str = "", settings: str = "", **environment: str) -> Iterator[Site]:
    """The page of the tests, or the dashboard, on a data folder, with a provider if ``issuer`` is given."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "access.toml").write_text(settings)
    secrets = folder / "secrets.toml"
    secrets.write_text(
        f'[auth]\nredirect_uri = "http://127.0.0.1:{port}/oauth2callback"\ncookie_secret = "{SECRET}"\nclient_id = "common-ground"\n'
        f'client_secret = "of the tests"\nserver_metadata_url = "{issuer}/.well-known/openid-configuration"\n'
        if issuer
        else ""
    )
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.headless=true"]
    command += [f"--server.port={port}", f"--secrets.files={secrets}"]
    given = {"COMMON_GROUND_DATA": str(folder), "PYTHONPATH": str(PROJECT)} | environment
    with running(command, f"http://127.0.0.1:{port}/_stcore/health", folder / "server.log", **given):
        yield Site(f"http://127.0.0.1:{port}", issuer, folder)


@contextmanager
def provided(folder: Path) -> Iterator[str]:
    """The address of a provider that knows one person of each role, of one site."""
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    for role in Role:
        claims = {
            "sub": f"{role.value}-1",
            "roles": [role.value],
            "sites": ["sheffield"],
            "email": f"{role.value}@trust.example",
            "name": "N",
        }
        command += ["--user-claims", json.dumps(claims)]
    address = f"http://127.0.0.1:{port}"
    with running(command, f"{address}/.well-known/openid-configuration", folder / "log"):
        yield address
