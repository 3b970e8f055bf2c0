"""The site's Unix socket: it receives the stub commands, and the switches that simulate faults."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socketserver
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jupystra_tui.demo.scheduler_commands import CommandCall, CommandReply, SchedulerCommands
from jupystra_tui.ownership import check_peer

FAILED = 70
POLL_SECONDS = 0.1

log = logging.getLogger(__name__)


class ControlServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Serves stub commands and switches, each on its own connection and thread."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(
        self, path: Path, commands: SchedulerCommands, switches: Mapping[str, Callable[..., object]]
    ) -> None:
        super().__init__(str(path), _Conversation)
        os.chmod(path, 0o600)
        self.commands = commands
        self.ran: list[str] = []
        self.switches = {**switches, "commands_run": lambda: "\n".join(self.ran)}
        threading.Thread(target=self.serve_forever, args=(POLL_SECONDS,), name="control", daemon=True).start()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Return whether a process of our own user connected."""
        try:
            check_peer(request)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Accept no more connections."""
        self.shutdown()
        self.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    """Read one line of JSON and write one; a command may read its standard input in between."""

    server: ControlServer

    def handle(self) -> None:
        message = self._receive()
        try:
            answer = self._switch(message) if "switch" in message else self._command(message)
        except Exception as error:
            log.exception("%s", message.get("switch") or message.get("command"))
            answer = CommandReply(stderr=f"practice cluster: {error!r}\n", code=FAILED)
        with contextlib.suppress(OSError):  # the client may have disconnected
            self._send(asdict(answer))

    def _switch(self, message: Mapping[str, Any]) -> CommandReply:
        result = self.server.switches[message["switch"]](**message["arguments"])
        return CommandReply("" if result is None else str(result))

    def _command(self, message: Mapping[str, Any]) -> CommandReply:
        call = CommandCall(
            message["argv"],
            message["folder"],
            message["environment"],
            message["umask"],
            self._read_stdin,
            self._print_error,
        )
        self.server.ran.append(" ".join([message["command"], *message["argv"]]))
        return self.server.commands.answer(message["command"], call)

    def _read_stdin(self) -> str:
        self._send({"send": "stdin"})
        return str(self._receive()["stdin"])

    def _print_error(self, line: str) -> None:
        self._send({"print_error": f"{line}\n"})

    def _receive(self) -> Mapping[str, Any]:
        received: Mapping[str, Any] = json.loads(self.rfile.readline() or b"{}")
        return received

    def _send(self, message: Mapping[str, object]) -> None:
        self.wfile.write(json.dumps(message).encode() + b"\n")
