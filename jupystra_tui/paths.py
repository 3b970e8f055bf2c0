"""Where files lie on the laptop.

`JUPYSTRA_HOME` moves everything below one folder (the practice cluster and the tests live by that).
"""

import hashlib
import os
import stat
from pathlib import Path

from jupystra_tui.errors import ConfigError

APP = "jupystra-tui"
# OpenSSH adds 17 characters to a ControlPath, and a unix socket's path holds 103 on macOS (107 on Linux).
RUNTIME_LIMIT = 66


def home() -> Path | None:
    """Return the folder that `JUPYSTRA_HOME` names, if it does."""
    value = os.environ.get("JUPYSTRA_HOME")
    return Path(value).absolute() if value else None


def config_file() -> Path:
    """Return the configuration's path; the file need not be there."""
    top = home()
    if top:
        return top / "config.toml"
    import platformdirs  # here, because the dashboard's first frame does not need it

    return platformdirs.user_config_path(APP) / "config.toml"


def state_folder() -> Path:
    """Return the folder (0700) for what outlives the worker: known compute nodes, local ports, logs."""
    top = home()
    if top:
        return private(top / "state")
    import platformdirs

    return private(platformdirs.user_state_path(APP))


def scripts_folder() -> Path:
    """Return the folder for connect scripts, in plain sight; it need not be there."""
    top = home()
    return top / "scripts" if top else Path.home() / "jupystra"


def runtime_folders() -> list[Path]:
    """Return where a worker's sockets may lie, best first; none need exist.

    `$XDG_RUNTIME_DIR` may be unset, relative, too long or somebody else's (after `su`), and may differ between two
    terminals of one person: so a front end looks into each.
    """
    short = Path("/tmp") / f"{APP}-{os.getuid()}"
    top = home()
    if top:
        name = hashlib.sha256(os.fsencode(top)).hexdigest()[:12]
        return [folder for folder in (top / "run", short / name) if _fits(folder)][:1]
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    tops = [Path(given)] if given.startswith("/") else []
    tops.append(Path(f"/run/user/{os.getuid()}"))
    folders = [folder / APP for folder in dict.fromkeys(tops) if _is_ours(folder) and _fits(folder / APP)]
    return [*folders, short]


def runtime_folder() -> Path:
    """Return the folder (0700) for a new worker's sockets: the best that can be used; raises ConfigError."""
    folders = runtime_folders()
    short = folders[-1].parent
    if short.name.startswith(f"{APP}-"):
        private(short)  # in /tmp anybody may have made it first
    for folder in folders[:-1]:
        try:
            return private(folder)
        except ConfigError:
            continue
    return private(folders[-1])


def private(folder: Path) -> Path:
    """Make `folder` if need be and return it; raises ConfigError unless it is ours alone (0700)."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(folder):
            raise ConfigError(
                f"{folder} belongs to somebody else",
                f"Move it away, or set JUPYSTRA_HOME: {APP} needs a folder of its own.",
            )
        folder.chmod(0o700)
    except OSError as error:
        raise ConfigError(
            f"{folder} cannot be used: {error.strerror}", "Set JUPYSTRA_HOME to a folder that can be written."
        ) from error
    return folder


def _is_ours(folder: Path) -> bool:
    try:
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder)) <= RUNTIME_LIMIT
