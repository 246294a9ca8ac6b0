"""``python -m dashboard``, which ``make app`` runs: the first release where there is none, then the dashboard.

On a machine with a screen the browser opens; on one without, the address is printed and nothing else happens.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
import time
import webbrowser
from collections.abc import Mapping
from threading import Thread

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
    address = f"http://{ADDRESS}:{options.port}"
    if _answers(options.port):
        sys.exit(
            f"Port {options.port} is in use; perhaps Common Ground is open already at {address}\n"
            f"To use another: make app PORT={options.port + 1}"
        )
    try:
        ensure_release(load_settings().data_dir, _tell)
    except PipelineError as error:
        sys.exit(str(error))
    if not options.headless and has_screen(sys.platform, os.environ):
        Thread(target=_open_browser, args=(options.port, address), daemon=True).start()
    os.chdir(PROJECT)  # where .streamlit/config.toml is
    # Streamlit opens no browser for an st.App, hence always headless here.
    cli.main(["run", str(PROJECT / "app.py"), f"--server.port={options.port}", "--server.headless=true"], prog_name="streamlit")


def has_screen(platform: str, environment: Mapping[str, str]) -> bool:
    """Whether a browser could open here: not in CI, not on a Linux without a display, not in a remote shell."""
    if environment.get("CI"):
        return False
    if platform.startswith("linux"):
        return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
    return not environment.get("SSH_CONNECTION")


def _open_browser(port: int, address: str) -> None:
    for _ in range(600):
        if _answers(port):
            webbrowser.open(address)
            return
        time.sleep(0.1)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((ADDRESS, port)) == 0


def _tell(share: float, words: str) -> None:
    print(f"{share:4.0%}  {words}", flush=True)


if __name__ == "__main__":
    main()
