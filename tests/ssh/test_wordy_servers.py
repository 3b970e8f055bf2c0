"""A server may say what it likes, as long as it likes: the person reads a screenful, and memory stays what it was."""

import tracemalloc
from pathlib import Path

import pytest

from jupystra_tui.ssh.auth import NOTES_LIMIT, TEXT_LIMIT

from .serving import asked
from .wordy_server import PASSWORD, wordy_server

MEGABYTE = "\x1b[31mAll work and no play makes Jack a dull boy.\x1b[0m\n" * 20_000
ALLOWED = 24 * len(MEGABYTE)  # paramiko holds several copies of a packet; none may stay


@pytest.mark.parametrize("where", ["banner", "instructions", "prompt"])
async def test_a_megabyte_is_cut_to_what_a_person_reads(laptop: Path, where: str) -> None:
    tracemalloc.start()
    try:
        with wordy_server(**{where: MEGABYTE}) as port:
            prompts, _ = await asked(port, laptop, PASSWORD)
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
        prompts, steps = await asked(port, laptop, PASSWORD)
    assert len(prompts) == 1
    assert steps.count("Still waiting for your phone") == 199


async def test_a_banner_is_read_once(laptop: Path) -> None:
    with wordy_server(banner="Maintenance on Monday") as port:
        prompts, _ = await asked(port, laptop, PASSWORD)
    assert [prompt.notes for prompt in prompts] == ["Maintenance on Monday"]


async def test_news_of_several_lines_are_all_told(laptop: Path) -> None:
    news = "Enter this code on your phone:\n\n  12\nWaiting for you"
    with wordy_server(instructions=news, rounds=2) as port:
        _, steps = await asked(port, laptop, PASSWORD)
    told = steps.index("Enter this code on your phone:")
    assert [step.strip() for step in steps[told : told + 3]][1:] == ["12", "Waiting for you"]
