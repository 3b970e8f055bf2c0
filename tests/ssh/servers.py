"""An ssh server of paramiko's for one login, which behaves as a `ServerInterface` says."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko

from jupystra_tui.model import Prompt
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.open_connection import open_connection
from jupystra_tui.ssh.public_key import fingerprint
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret

KEY = paramiko.ECDSAKey.generate()


@contextmanager
def serving(interface: paramiko.ServerInterface) -> Iterator[int]:
    """Serve one connection; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        transports: list[paramiko.Transport] = []

        def serve() -> None:
            line, _ = listener.accept()
            transport = paramiko.Transport(line)
            transports.append(transport)
            transport.add_server_key(KEY)
            transport.start_server(event=threading.Event(), server=interface)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            thread.join(5)
            for transport in transports:
                transport.close()


async def asked(
    port: int, folder: Path, *answers: str, identities: tuple[Path, ...] = ()
) -> tuple[list[Prompt], list[str]]:
    """Log in with answers in turn, the last one ever again; returns what the user was asked and told."""
    prompts: list[Prompt] = []
    steps: list[str] = []

    async def ask(prompt: Prompt) -> Secret:
        prompts.append(prompt)
        return Secret(answers[min(len(prompts), len(answers)) - 1])

    endpoint = Endpoint("hpc", "127.0.0.1", port, "ada", f"[127.0.0.1]:{port}", identities=identities)
    trusted = {fingerprint(KEY.get_base64())}
    connection = await open_connection(endpoint, ask, steps.append, trusted, Vault(), Folders(folder, folder))
    await connection.aclose()
    return prompts, steps
