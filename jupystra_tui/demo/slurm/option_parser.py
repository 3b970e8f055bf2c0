"""Command lines read as GNU getopt reads them, refused in its words."""

from __future__ import annotations

import getopt
from collections.abc import Sequence
from dataclasses import dataclass


class SlurmError(Exception):
    """What a command prints on standard error before it ends with a code."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.text = text
        self.code = code


@dataclass(frozen=True)
class CommandOption:
    """An option by its long name, perhaps a short one, perhaps with a value."""

    long: str
    short: str = ""
    takes_value: bool = False


@dataclass(frozen=True)
class CommandUsage:
    """The options a command knows; `code` is what it ends with when it refuses one."""

    command: str
    options: tuple[CommandOption, ...]
    code: int = 1
    options_first: bool = False
    hint: bool = True

    def parse(self, argv: Sequence[str]) -> tuple[dict[str, str], list[str]]:
        """Values by long name, the last one given counts; and the other arguments. SlurmError on any other."""
        short = "".join(one.short + ":" * one.takes_value for one in self.options if one.short)
        long = [one.long + "=" * one.takes_value for one in self.options]
        read = getopt.getopt if self.options_first else getopt.gnu_getopt
        try:
            given, rest = read(list(argv), short, long)
        except getopt.GetoptError as error:
            raise self._refusal(argv, error) from error
        names = {f"-{one.short}": one.long for one in self.options if one.short}
        return {names.get(name, name.removeprefix("--")): value for name, value in given}, list(rest)

    def _refusal(self, argv: Sequence[str], error: getopt.GetoptError) -> SlurmError:
        message = _message(argv, error)
        hint = f'Try "{self.command} --help" for more information\n' if self.hint else ""
        return SlurmError(f"{self.command}: {message}\n{hint}", self.code)


def _message(argv: Sequence[str], error: getopt.GetoptError) -> str:
    name = error.opt
    written = next((one for one in argv if one.startswith(f"--{name}")), f"--{name}")
    short = len(name) == 1 and written == f"--{name}" and written not in argv
    if "requires argument" in error.msg:
        return (
            f"option requires an argument -- '{name}'" if short else f"option '--{name}' requires an argument"
        )
    if "must not have" in error.msg:
        return f"option '--{name}' doesn't allow an argument"
    if "not a unique" in error.msg:
        return f"option '{written}' is ambiguous"
    return f"invalid option -- '{name}'" if short else f"unrecognized option '{written}'"
