"""A server may say what it likes, as long as it likes: the person reads a screenful, and memory stays what it was."""

import tracemalloc
from pathlib import Path

import pytest

from jupystra_tui.model import Prompt
from jupystra_tui.ssh.auth import NOTES_LIMIT, TEXT_LIMIT
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.hostkeys import fingerprint
from jupystra_tui.ssh.login import connect
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret

from .wordy_server import KEY, PASSWORD, wordy_server

MEGABYTE = "\x1b[31mAll work and no play makes Jack a dull boy.\x1b[0m\n" * 20_000
ALLOWED = 24 * len(MEGABYTE)  # paramiko holds several copies of a packet; none may stay


async def asked(port: int, folder: Path) -> tuple[list[Prompt], list[str]]:
    """Log in, and return what the person was asked and told."""
    prompts: list[Prompt] = []
    steps: list[str] = []

    async def ask(prompt: Prompt) -> Secret:
        prompts.append(prompt)
        return Secret(PASSWORD)

    endpoint = Endpoint("hpc", "127.0.0.1", port, "ada", f"[127.0.0.1]:{port}")
    folders = Folders(folder, folder)
    connection = await connect(endpoint, ask, steps.append, {fingerprint(KEY.get_base64())}, Vault(), folders)
    await connection.aclose()
    return prompts, steps


@pytest.mark.parametrize("where", ["banner", "instructions", "prompt"])
async def test_a_megabyte_is_cut_to_what_a_person_reads(laptop: Path, where: str) -> None:
    tracemalloc.start()
    try:
        with wordy_server(**{where: MEGABYTE}) as port:
            prompts, _ = await asked(port, laptop)
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    said = prompts[0].text if where == "prompt" else prompts[0].notes
    assert said.startswith("All work and no play makes Jack a dull boy.\n")
    assert said.endswith("…")
    assert len(said) <= (TEXT_LIMIT if where == "prompt" else NOTES_LIMIT)
    assert all(line.isprintable() for line in said.split("\n"))
    assert peak < ALLOWED
    assert kept < 4 * len(MEGABYTE)


async def test_endless_news_is_told_step_by_step_and_asks_once(laptop: Path) -> None:
    with wordy_server(instructions="Still waiting for your phone", rounds=200) as port:
        prompts, steps = await asked(port, laptop)
    assert len(prompts) == 1
    assert steps.count("Still waiting for your phone") == 199


async def test_a_banner_is_read_once(laptop: Path) -> None:
    with wordy_server(banner="Maintenance on Monday") as port:
        prompts, _ = await asked(port, laptop)
    assert [prompt.notes for prompt in prompts] == ["Maintenance on Monday"]
