"""The commands that a launch runs on the cluster besides the submission."""

import secrets

from jupystra_tui.apps.discovery import (
    DiscoveredServer,
    JobFolder,
    one_folder_script,
    parse_folder,
    parse_servers,
)
from jupystra_tui.apps.folder import log_script, parse_log
from jupystra_tui.errors import ConnectError, JupystraError
from jupystra_tui.ssh.command_output import LOG, Script
from jupystra_tui.worker.session import ClusterSession

ANSWER_SECONDS = 15.0
LOG_END = 8000


async def read_log(session: ClusterSession, job: str, limit: int) -> tuple[str, str]:
    """Return the path and the end of a job's log, by job id or tag; empty if it has none. Raises ConnectError."""
    mark = secrets.token_hex(8)
    connection = await session.connection()
    result = await connection.run_on_second_shell(Script(log_script(job, mark, limit), LOG))
    return parse_log(result.out, mark) or ("", "")


async def log_end(session: ClusterSession, tag: str) -> str:
    """Return the end of a job's log, empty where it cannot be read."""
    try:
        return (await read_log(session, tag, LOG_END))[1]
    except JupystraError:
        return ""


async def poll_folder(session: ClusterSession, tag: str) -> tuple[JobFolder, DiscoveredServer | None]:
    """Return the state of a job's folder, and the job's server once it has one; raises ConnectError."""
    mark = secrets.token_hex(8)
    result = await session.run(one_folder_script(tag, mark))
    found = parse_servers(result.out, mark)
    return parse_folder(result.out, mark) or JobFolder(tag), found[0] if found else None


async def answers(session: ClusterSession) -> bool:
    """Return whether the cluster runs a command now."""
    try:
        await (await session.connection()).run_on_second_shell(":", ANSWER_SECONDS)
    except ConnectError:
        return False
    return True
