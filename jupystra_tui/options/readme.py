"""The README's table of launch options."""

from collections.abc import Mapping

from jupystra_tui.options.option import Option
from jupystra_tui.options.table import OPTIONS


def markdown(schedulers: Mapping[str, str], options: tuple[Option, ...] = OPTIONS) -> str:
    """Return the table: flags, key in the settings file, each scheduler's own option, and what it means.

    `schedulers` are their titles by name.
    """
    headings = ("flag", "setting", "if left out", *schedulers.values(), "meaning")
    rows = [f"| {' | '.join(headings)} |", f"| {' | '.join('---' for _ in headings)} |"]
    for option in options:
        cells = (
            ", ".join(f"`{flag}`" for flag in _without_spellings(option.flags)),
            f"`{option.name}`",
            option.if_left_out,
            *(_code(option.native.get(name, "")) for name in schedulers),
            option.help,
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _without_spellings(flags: tuple[str, ...]) -> list[str]:
    """Return flags without a second spelling of the same (`--wall_time`, `--wall-time`)."""
    return list({flag.replace("_", "-"): flag for flag in reversed(flags)}.values())[::-1]


def _code(text: str) -> str:
    return f"`{text}`" if text else ""
