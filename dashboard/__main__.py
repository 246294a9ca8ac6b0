"""``python -m dashboard``, which ``make app`` runs: the first release where there is none, then the dashboard.

On a machine with a screen the browser opens; on one without, the address is printed and nothing else happens.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Mapping

from streamlit.web import cli

from pipelines.errors import PipelineError
from pipelines.settings import PROJECT, load_settings
from pipelines.starter import ensure_release

ADDRESS = "127.0.0.1"


def main() -> None:
    """Parse the command line and serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m dashboard", description="Serve the dashboard on this machine.")
    parser.add_argument("--port", type=int, default=8501, help="port to serve on (default 8501)")
    parser.add_argument("--headless", action="store_true", help="do not open a browser")
    options = parser.parse_args()
    if _taken(options.port):
        sys.exit(f"Port {options.port} is in use: perhaps Common Ground is open already at http://{ADDRESS}:{options.port}. Or choose "
                 f"another: make app PORT={options.port + 1}")
    try:
        ensure_release(load_settings().data_dir, _tell)
    except PipelineError as error:
        sys.exit(str(error))
    os.chdir(PROJECT)  # where .streamlit/config.toml is
    headless = options.headless or not has_screen(sys.platform, os.environ)
    settings = [f"--server.port={options.port}", f"--server.headless={str(headless).lower()}"]
    cli.main(["run", str(PROJECT / "app.py"), *settings], prog_name="streamlit")


def has_screen(platform: str, environment: Mapping[str, str]) -> bool:
    """Whether a browser could open here: not in CI, not on a Linux without a display, not in a remote shell."""
    if environment.get("CI"):
        return False
    if platform.startswith("linux"):
        return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
    return not environment.get("SSH_CONNECTION")


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return True
    return False


def _tell(share: float, words: str) -> None:
    print(f"{share:4.0%}  {words}", flush=True)


if __name__ == "__main__":
    main()
