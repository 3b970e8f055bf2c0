"""What is declared of a launch option."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, NamedTuple

from msgspec import Struct

from jupystra_tui.model import Partition


class Remark(NamedTuple):
    """What is said beside a value; `tone` is one of the theme's, and `bad` means that the value cannot be used."""

    text: str
    tone: str = "dim"


class OptionChoice(NamedTuple):
    """A value to choose, its name for people, and a remark."""

    value: str
    name: str
    remark: str = ""


class Control(Enum):
    """How an option is edited in the form."""

    LINE = "line"
    LINES = "lines"
    CHOICE = "choice"


def no_remark(value: Any, partition: Partition) -> Remark:
    """Say nothing."""
    return Remark("")


class Option(Struct, frozen=True, kw_only=True):
    """A launch option.

    `name` is the field of `JobRequest`, and the key in the settings file. `label` is shown before it in the form, among
    the `folded` fields if it is seldom changed. `flags` are its command line flags, `metavar` and `help` what `--help`
    says of it; `words` means that the flag takes several words, `repeated` that it may be given several times.
    `if_left_out` is for the README. `native` has the scheduler's own option by scheduler; the scheduler decides how
    the value is written there.

    `parse` reads a text (raises BadText), `write` returns the text that `parse` reads back. `remark` says what a value
    means on a partition. `choices` returns the values to choose from, `former` has the value for each that an
    earlier version had. `text_in_file` says that the settings file may hold it as a text with a unit. `check_saved`
    raises ValueError for a value that must not be kept in a file.
    """

    name: str
    label: str
    help: str
    parse: Callable[[str], Any] = str
    write: Callable[[Any], str] = str
    remark: Callable[[Any, Partition], Remark] = no_remark
    flags: tuple[str, ...] = ()
    metavar: str = ""
    words: bool = False
    repeated: bool = False
    if_left_out: str = ""
    native: Mapping[str, str] = {}
    control: Control = Control.LINE
    choices: Callable[[], tuple[OptionChoice, ...]] | None = None
    former: Mapping[str, str] = {}
    placeholder: str = ""
    folded: bool = False
    text_in_file: bool = False
    check_saved: Callable[[Any], None] | None = None

    def from_file(self, value: Any) -> Any:
        """Return the value that a settings file means; raises ValueError. Its type is checked later."""
        if isinstance(value, str) and self.text_in_file:
            value = self.parse(value)
        elif isinstance(value, str):
            value = self.former.get(value, value)
        elif isinstance(value, int) and not isinstance(value, bool):
            self.parse(self.write(value))
        if self.check_saved:
            self.check_saved(value)
        return value
