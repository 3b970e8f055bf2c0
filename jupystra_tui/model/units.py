"""Durations and sizes as people and schedulers write them."""

import re

from jupystra_tui.text import clean

_UNITS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
_WORDS = re.compile(r"(\d+(?:\.\d+)?)\s*(min|sec|[smhd])", re.IGNORECASE)
_CLOCK = re.compile(r"(?:(?P<days>\d+)-)?(?P<parts>\d+(?::\d+){0,2})")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:([kmgt])(?:i?b)?)?", re.IGNORECASE)
_MIB = {"k": 1 / 1024, "": 1, "m": 1, "g": 1024, "t": 1024 * 1024}
_LONGEST = 10 * 365 * 86400
_LARGEST = 1024**3
_TEXT_LIMIT = 40


class BadText(ValueError):
    """A text that is not what it should be: `title` says so, `hint` what to write instead."""

    def __init__(self, text: str, what: str, write: str) -> None:
        self.title = f"{_quote(text)} is not {what}" if text.strip() else f"this needs {what}"
        self.hint = f"Write {write}."
        super().__init__(f"{self.title}; write {write}")


def parse_duration(text: str) -> int:
    """Return the seconds of `12:00:00`, `1-06:00:00`, `90m`, `1h 30m` or a bare number of minutes.

    Two fields are hours and minutes (`12:00`), as users mean it, never minutes and seconds; after days they
    are hours and minutes too. Raises BadText for anything else, for nothing or zero, and for more than ten years.
    """
    text = text.strip()
    seconds = 0 if len(text) > _TEXT_LIMIT else _clock_seconds(text) or _word_seconds(text)
    if not 0 < seconds <= _LONGEST:
        raise BadText(text, "a duration", "90m, 12h or 1-06:00:00")
    return seconds


def _clock_seconds(text: str) -> int:
    match = _CLOCK.fullmatch(text)
    if not match:
        return 0
    parts = [int(part) for part in match["parts"].split(":")]
    days = int(match["days"] or 0)
    if len(parts) == 1:
        return days * 86400 + parts[0] * 3600 if match["days"] else parts[0] * 60
    hours, minutes, seconds = (*parts, 0)[:3]
    return days * 86400 + hours * 3600 + minutes * 60 + seconds


def _word_seconds(text: str) -> int:
    if not text or _WORDS.sub("", text).strip():
        return 0
    return round(sum(float(number) * _UNITS[unit.lower()] for number, unit in _WORDS.findall(text)))


def parse_memory(text: str) -> int:
    """Return the MiB of `8G`, `512M`, `1.5 GB`, `2T` or a bare number of MiB; raises BadText else and over 1 PiB."""
    text = text.strip()
    match = None if len(text) > _TEXT_LIMIT else _SIZE.fullmatch(text)
    mib = round(float(match[1]) * _MIB[(match[2] or "").lower()]) if match else 0
    if not 0 < mib <= _LARGEST:
        raise BadText(text, "a size", "8G or 512M")
    return mib


def write_duration(seconds: int) -> str:
    """Write seconds as `1d 6h`, `90m` or `1h 30m`, which `parse_duration` reads back."""
    units = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
    words = []
    for unit, size in units:
        count, seconds = divmod(seconds, size)
        if count:
            words.append(f"{count}{unit}")
    return " ".join(words)


def write_memory(mib: int) -> str:
    """Write MiB as `8G` or `1536M`, which `parse_memory` reads back."""
    return f"{mib // 1024}G" if mib % 1024 == 0 else f"{mib}M"


def _quote(text: str) -> str:
    return repr(clean(text if len(text) <= _TEXT_LIMIT else text[: _TEXT_LIMIT - 1] + "…"))


def show_clock(seconds: float | None) -> str:
    """Write seconds as `11:42:07` or `3d 04:00`; `—` for None."""
    if seconds is None:
        return "—"
    minutes, second = divmod(max(0, int(seconds)), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    return f"{days}d {hour:02}:{minute:02}" if days else f"{hours}:{minute:02}:{second:02}"


def show_duration(seconds: float | None) -> str:
    """Write seconds as a person says them, in at most two units: `4 s`, `1 h 30 min`, `3 d`; `—` for None."""
    if seconds is None:
        return "—"
    whole = max(0, int(seconds))
    for size, name, smaller, smaller_name in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 0, ""),
    ):
        if whole >= size:
            rest = whole % size // smaller if smaller else 0
            return f"{whole // size} {name}" + (f" {rest} {smaller_name}" if rest else "")
    return f"{whole} s"


def show_memory(mib: float | None) -> str:
    """Write MiB as `512 MB`, `8 GB`, `1.5 TB`; `—` for None. (Schedulers' units are powers of two and say `G`.)"""
    if mib is None:
        return "—"
    for size, name in ((1024 * 1024, "TB"), (1024, "GB")):
        if mib >= size:
            amount = mib / size
            return f"{amount:.0f} {name}" if amount >= 100 else f"{amount:.3g} {name}"
    return f"{mib:.0f} MB"
