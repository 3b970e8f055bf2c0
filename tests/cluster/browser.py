"""What a person does with a server once it is there: run code in a notebook, open the page."""

import json
import shutil
import subprocess
import tempfile
import urllib.request
import uuid
from urllib.parse import parse_qs, urlsplit

import websocket

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def get(url: str, path: str, method: str = "GET") -> object:
    """Ask the server at `url` (with its token) for `path`, and return the JSON of its answer."""
    parts = urlsplit(url)
    token = parse_qs(parts.query)["token"][0]
    request = urllib.request.Request(
        f"http://{parts.netloc}{path}", method=method, headers={"Authorization": f"token {token}"}
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.load(response)


def run_in_kernel(url: str, code: str) -> str:
    """Start a kernel, run code over its websocket, and return the text of the result."""
    kernel = get(url, "/api/kernels", "POST")
    assert isinstance(kernel, dict)
    parts = urlsplit(url)
    token = parse_qs(parts.query)["token"][0]
    address = f"ws://{parts.netloc}/api/kernels/{kernel['id']}/channels?token={token}"
    line = websocket.create_connection(address, timeout=30)
    try:
        line.send(json.dumps(_execute_request(code)))
        while True:
            message = json.loads(line.recv())
            if message["msg_type"] == "execute_result":
                return str(message["content"]["data"]["text/plain"])
            assert message["msg_type"] != "error", message
    finally:
        line.close()


def open_page(url: str) -> str:
    """Open the page in headless Chromium and return what it holds once its programs have run."""
    assert CHROMIUM, "Chromium is not installed"
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [
                CHROMIUM,
                *QUIET,
                f"--user-data-dir={profile}",
                "--virtual-time-budget=20000",
                "--dump-dom",
                url,
            ],
            capture_output=True,
            text=True,
            timeout=90,
            check=True,
        )
    return done.stdout


def _execute_request(code: str) -> dict[str, object]:
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": "execute_request",
        "username": "",
        "session": uuid.uuid4().hex,
    }
    content = {
        "code": code,
        "silent": False,
        "store_history": False,
        "user_expressions": {},
        "allow_stdin": False,
    }
    return {
        "header": {**header, "version": "5.3"},
        "parent_header": {},
        "metadata": {},
        "content": content,
        "channel": "shell",
    }
