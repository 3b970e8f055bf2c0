"""Patterns in the name of a job's output file, such as Slurm's `%j` and LSF's `%J`."""

import re
from collections.abc import Mapping

from msgspec import Struct

_SYMBOL = re.compile(r"%(\d{0,2})([A-Za-z])|%%", re.ASCII)
_PERCENT = "%%"


class OutputPattern(Struct, frozen=True):
    """The patterns of a scheduler: `symbols` are the letters after `%`, those in `job` stand for the job's number.

    `escaped` is whether `%%` is a percent sign, and a number before the letter a width to fill with zeros.
    """

    symbols: str = ""
    job: str = ""
    escaped: bool = False

    def literal(self, text: str) -> str:
        """Return the pattern of a text that holds none."""
        return text.replace("%", _PERCENT) if self.escaped else text

    def read(self, text: str) -> str:
        """Return the pattern that a user wrote: a percent sign that begins none is one."""
        if not self.escaped:
            return text
        pieces, end = [], 0
        for match in _SYMBOL.finditer(text):
            known = match[0] == _PERCENT or self._is_symbol(match)
            pieces += [self.literal(text[end : match.start()]), match[0] if known else self.literal(match[0])]
            end = match.end()
        return "".join(pieces) + self.literal(text[end:])

    def put(self, pattern: str, values: Mapping[str, str]) -> str:
        """Return the pattern with the symbols replaced that have a value."""

        def replaced(match: re.Match[str]) -> str:
            value = values.get(match[2]) if self._is_symbol(match) else None
            return match[0] if value is None else self.literal(_padded(value, match[1]))

        return _SYMBOL.sub(replaced, pattern)

    def of_job(self, pattern: str, job: str = "") -> str:
        """Return the path of a pattern, with the job's number if that is known; other symbols stay as they are."""
        path = self.put(pattern, dict.fromkeys(self.job, job)) if job else pattern
        return (
            _SYMBOL.sub(lambda match: "%" if match[0] == _PERCENT else match[0], path)
            if self.escaped
            else path
        )

    def symbols_in(self, pattern: str) -> tuple[str, ...]:
        """Return the symbols of a pattern, `%j` or `%4j`, in turn."""
        return tuple(match[0] for match in _SYMBOL.finditer(pattern) if self._is_symbol(match))

    def _is_symbol(self, match: re.Match[str]) -> bool:
        return bool(match[2]) and match[2] in self.symbols and (self.escaped or not match[1])


def _padded(value: str, width: str) -> str:
    return value.zfill(int(width or 0)) if value.isdecimal() else value
