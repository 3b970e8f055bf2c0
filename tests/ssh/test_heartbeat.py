"""A connection that is silent is given up when it is dead, and not while the network is only away."""

import asyncio
import time
from collections.abc import Callable

import pytest

from jupystra_tui.ssh import heartbeat
from jupystra_tui.ssh.heartbeat import Heartbeat
from jupystra_tui.ssh.tcp import ProbeResult

LONG = 10.0


class Host:
    """A login node whose answers are set by the story."""

    def __init__(self) -> None:
        self.answers = asyncio.Event()
        self.answers.set()
        self.fails = False
        self.reply = ProbeResult.SILENT
        self.pings = self.probes = 0
        self.told: list[bool] = []
        self.news = asyncio.Event()

    async def ping(self) -> None:
        self.pings += 1
        self.news.set()
        if self.fails:
            raise OSError("no key exchange in time")
        await self.answers.wait()

    async def probe(self, seconds: float) -> ProbeResult:
        self.probes += 1
        self.news.set()
        await asyncio.sleep(0.01)
        return self.reply

    def silence(self, since: float) -> None:
        self.told.append(bool(since))
        assert not since or time.time() - 5 < since <= time.time()
        self.news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(LONG):
            while not condition():
                self.news.clear()
                await self.news.wait()


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {
        "BEAT_SECONDS": 0.05,
        "ANSWER_SECONDS": 0.05,
        "PING_AGAIN_SECONDS": 0.02,
        "PROBE_SECONDS": 0.02,
        "REFUSED_PAUSE": 0.01,
        "GRACE": 0.1,
        "GRACE_WITH_USER": 3600.0,
        "GRACE_STEP": 0.03,
        "LONGEST": 3600.0,
        "LONGEST_WITH_USER": 3600.0,
    }.items():
        monkeypatch.setattr(heartbeat, name, seconds)


def beating(host: Host, *, needs_user: bool = False) -> "asyncio.Task[None]":
    heart = Heartbeat(host.ping, host.probe, host.silence)
    heart.needs_user = needs_user
    return asyncio.create_task(heart.until_dead())


async def test_a_host_that_answers_is_pinged_on_and_on_and_never_probed(host: Host) -> None:
    beats = beating(host)
    await host.until(lambda: host.pings > 5)
    assert (host.probes, host.told, beats.done()) == (0, [], False)
    beats.cancel()


@pytest.mark.parametrize("reply", [ProbeResult.SILENT, ProbeResult.REFUSED])
async def test_while_the_host_takes_no_new_connection_the_old_one_is_kept_and_goes_on(
    host: Host, reply: ProbeResult
) -> None:
    host.reply = reply
    host.answers.clear()
    beats = beating(host)
    await host.until(lambda: host.probes > 20)
    assert (host.pings, host.told, beats.done()) == (1, [True], False)
    host.answers.set()
    await host.until(lambda: host.pings > 3)
    assert (host.told, beats.done()) == ([True, False], False)
    beats.cancel()


async def test_it_is_given_up_when_the_host_takes_a_new_one_and_the_old_one_stays_silent(host: Host) -> None:
    host.answers.clear()
    beats = beating(host)
    await host.until(lambda: host.probes > 3)
    host.reply = ProbeResult.CONNECTED
    async with asyncio.timeout(LONG):
        await beats


async def test_where_coming_back_needs_the_user_it_is_given_more_time(host: Host) -> None:
    host.answers.clear()
    host.reply = ProbeResult.CONNECTED
    beats = beating(host, needs_user=True)
    await host.until(lambda: host.probes > 3)
    assert not beats.done()
    host.answers.set()
    await host.until(lambda: host.pings > 3)
    assert (host.told, beats.done()) == ([True, False], False)
    beats.cancel()


async def test_a_network_that_goes_away_again_begins_the_time_anew(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "GRACE", 0.5)
    replies = iter([ProbeResult.CONNECTED, *[ProbeResult.SILENT] * 100])

    async def probe(seconds: float) -> ProbeResult:
        host.reply = next(replies, ProbeResult.SILENT)
        return await Host.probe(host, seconds)

    monkeypatch.setattr(host, "probe", probe)
    host.answers.clear()
    beats = beating(host)
    await host.until(lambda: host.probes > 80)
    assert not beats.done()
    beats.cancel()


async def test_after_minutes_of_silence_it_is_given_up_all_the_same(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "LONGEST", 0.3)
    host.answers.clear()
    async with asyncio.timeout(LONG):
        await beating(host)
    assert host.told == [True]


async def test_a_ping_that_cannot_be_sent_is_silence_not_an_answer(host: Host) -> None:
    host.fails, host.reply = True, ProbeResult.CONNECTED
    async with asyncio.timeout(LONG):
        await beating(host)
    assert host.told == [True]


async def test_a_requested_ping_is_sent_at_once(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 3600.0)
    heart = Heartbeat(host.ping, host.probe, host.silence)
    beats = asyncio.create_task(heart.until_dead())
    heart.ping_now()
    await host.until(lambda: host.pings == 1)
    beats.cancel()
