"""How a running server is asked and opened: part of its app's file, and of the server file that its job writes."""

import re

from msgspec import Struct

from jupystra_tui.model.address import QUERY_NAME, page_path

_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}: [\x20-\x7e]{0,200}")
_PATTERN = re.compile(r"[A-Za-z0-9._*-]{1,100}")
STATISTICS = ("", "jupyter")
JUPYTER_RUNTIME = "*server-*.json"
"""What Jupyter calls its runtime files; `nbserver-*` is of Jupyter Notebook before version 7."""


class Access(Struct, frozen=True):
    """How a server of an app is asked and opened; `problem` names the part that cannot be used.

    `ready` is the path below the base path that answers 200 to the token, `page` the one that a browser opens. `header`
    is the line of a request that carries the token, `{token}` in its place; `query` is the parameter of an address
    that does. At least one of the two is given. `statistics` is a kind of probe, or empty. `runtime` is a pattern of
    file names: the app writes its own port and base path there.
    """

    title: str
    ready: str = ""
    page: str = ""
    header: str = ""
    query: str = ""
    statistics: str = ""
    runtime: str = ""

    @property
    def problem(self) -> tuple[str, str]:
        """Return the first part that cannot be used, and why; two empty texts if there is none."""
        return next((found for found in self._problems() if found), ("", ""))

    def _problems(self) -> "tuple[tuple[str, str] | None, ...]":
        path = "is not a path below the base path: letters, digits and -._~%/, without a slash at its start"
        return (
            None if self.title and self.title.isprintable() else ("title", "is not a line of text"),
            None if page_path(self.ready) == self.ready else ("ready", path),
            None if page_path(self.page) == self.page else ("page", path),
            None if _is_header(self.header) else ("header", "is not a header like 'Name: {token}'"),
            None if not self.query or QUERY_NAME.fullmatch(self.query) else ("query", "is not a parameter's name"),
            None if self.header or self.query else ("header", "and query are both missing: say how the token travels"),
            None if self.statistics in STATISTICS else ("statistics", f"is one of {', '.join(STATISTICS[1:])}"),
            None if _is_pattern(self.runtime) else ("runtime", "is not a pattern of file names like 'server-*.json'"),
        )  # fmt: skip


JUPYTER = Access(
    "Jupyter",
    ready="api/status",
    header="Authorization: token {token}",
    query="token",
    statistics="jupyter",
    runtime=JUPYTER_RUNTIME,
)
"""The servers of jobs that were started before jobs wrote a server file: Jupyter, and nothing else."""


def _is_header(text: str) -> bool:
    return not text or (_HEADER.fullmatch(text) is not None and text.count("{token}") == 1)


def _is_pattern(text: str) -> bool:
    return not text or _PATTERN.fullmatch(text) is not None
