"""The paths of a request as they are on the cluster: expanded and checked before anything is sent."""

import secrets
import time

from msgspec import Struct

from jupystra_tui.apps.path_values import PathValues, parse_values, values_script
from jupystra_tui.errors import ConfigError, ConnectError
from jupystra_tui.model import JobRequest, Problem, SessionPhase
from jupystra_tui.model.cluster_path import ClusterPath, read_path
from jupystra_tui.schedulers.request_checks import CONTROL
from jupystra_tui.text import clean
from jupystra_tui.worker.session import ClusterSession

KEPT_SECONDS = 60.0
LIMIT = 40.0


class CheckedPaths(Struct, frozen=True):
    """The output file as a pattern of the scheduler, empty for the one in the job's folder, and the problems."""

    output: str = ""
    problems: tuple[Problem, ...] = ()


class ClusterPaths:
    """Asks clusters about paths; an answer is kept for KEPT_SECONDS."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str, str], tuple[float, PathValues]] = {}

    async def check(self, session: ClusterSession, request: JobRequest) -> CheckedPaths:
        """Return the output file and the problems of both paths; raises ConnectError if the cluster must be asked."""
        output, folder = read_path(request.outfile), read_path(request.folder)
        if output.refused or folder.refused:
            return CheckedPaths()  # the request's other checks refuse it
        try:
            found = await self._ask(session, request, output, folder)
        except ConnectError:
            if not output.plain:
                raise
            found = PathValues({"~": session.site.home}, None)
        problems = (
            *_unset(output, found, "outfile", session.cluster.name),
            *_folder_problems(request, folder, found, session.cluster.name),
        )
        if any(problem.field == "outfile" for problem in problems):
            return CheckedPaths("", problems)
        pattern = _pattern(session, request, output, found) if request.outfile else ""
        return CheckedPaths(pattern, (*problems, *_pattern_problems(session, request, pattern)))

    async def output(self, session: ClusterSession, request: JobRequest) -> str:
        """Return the output file; raises ConfigError where it cannot be one, ConnectError."""
        if not request.outfile:
            return ""
        if read_path(request.outfile).refused:
            raise ConfigError(
                f"The output file cannot be expanded: {clean(request.outfile)}", "Write its path."
            )
        checked = await self.check(session, request)
        for problem in checked.problems:
            if problem.field == "outfile":
                raise ConfigError(problem.title, problem.hint)
        return checked.output

    async def _ask(
        self, session: ClusterSession, request: JobRequest, output: ClusterPath, folder: ClusterPath
    ) -> PathValues:
        if not request.folder and output.plain:
            return PathValues({"~": session.site.home}, None)
        if session.shown.phase is not SessionPhase.UP:
            raise ConnectError(f"{session.cluster.name} cannot be asked about a path", "It is not connected.")
        key = (session.cluster.name, request.outfile, request.folder)
        now = time.monotonic()
        self._answers = {name: kept for name, kept in self._answers.items() if now - kept[0] < KEPT_SECONDS}
        if key not in self._answers:
            mark = secrets.token_hex(8)
            connection = await session.connection()
            script = values_script((output, folder), request.folder, mark)
            result = await connection.run_on_second_shell(script, LIMIT)
            self._answers[key] = now, parse_values(result.out, mark)
        found = self._answers[key][1]
        return PathValues({"~": session.site.home, **found.values}, found.folder)


def _unset(
    path: ClusterPath, found: PathValues, field: str, cluster: str, *, warning: bool = False
) -> list[Problem]:
    problems = []
    for name in path.names:
        value = found.values.get(name, "")
        if not value and name.startswith("~"):
            title, hint = f"There is no user {name[1:]} on {cluster}", "Write the path of the folder."
        elif not value:
            title = f"${name} is not set in a login shell on {cluster}"
            hint = "Write the path itself, or set the variable in a start-up file there."
        elif CONTROL.search(value):
            title, hint = (
                f"The value of {name} on {cluster} contains a control character",
                "Write the path itself.",
            )
        else:
            continue
        problems.append(Problem(title, hint, field=field, warning=warning))
    return problems


def _folder_problems(
    request: JobRequest, folder: ClusterPath, found: PathValues, cluster: str
) -> list[Problem]:
    """Return warnings only: the set-up may set a variable, and a compute node may have other folders."""
    set_up = "\n".join(request.setup)
    problems = _unset(folder, found, "folder", cluster, warning=True)
    if problems:
        return problems if not any(name in set_up for name in folder.variables) else []
    if found.folder is False:
        hint = "The job fails where its compute node does not have it either, unless the set-up makes it."
        return [Problem("This folder is not there on the login node", hint, field="folder", warning=True)]
    return []


def _pattern(session: ClusterSession, request: JobRequest, output: ClusterPath, found: PathValues) -> str:
    """Return the output file as a pattern: relative paths begin at the home folder."""
    patterns = session.site.scheduler.output
    values = {name: patterns.literal(value) for name, value in found.values.items()}
    path = output.expand(values, patterns.read)
    path = patterns.put(path, {"u": session.site.user, "x": request.name})
    return path if path.startswith("/") else f"{patterns.literal(session.site.home)}/{path}"


def _pattern_problems(session: ClusterSession, request: JobRequest, pattern: str) -> list[Problem]:
    symbols = session.site.scheduler.output.symbols_in(pattern.rpartition("/")[0])
    if not symbols:
        return []
    title = f"The folder of the output file depends on the job: {symbols[0]}"
    return [Problem(title, f"Write {symbols[0]} in the name of the file only.", field="outfile")]
