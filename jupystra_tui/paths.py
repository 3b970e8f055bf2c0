"""Where files are on the laptop.

`JUPYSTRA_HOME` moves everything below one folder (the practice cluster and the tests use it).
"""

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

from jupystra_tui.errors import ConfigError
from jupystra_tui.ownership import ForeignOwner, check_link, check_owned

APP = "jupystra-tui"
# OpenSSH adds 17 characters to a ControlPath, and a unix socket's path holds 103 on macOS (107 on Linux).
RUNTIME_LIMIT = 66
OWNER_HINT = f"Remove it or have it removed, or set JUPYSTRA_HOME: {APP} needs a folder of its own."


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
    """Return the folder for connect scripts, where the person easily finds them; it need not be there."""
    top = home()
    return top / "scripts" if top else Path.home() / "jupystra"


def runtime_folders() -> list[Path]:
    """Return the folders that a worker's sockets may be in, best first; none need exist, and a path may be long.

    `$XDG_RUNTIME_DIR` may be unset, relative or another user's (after `su`), and may differ between two terminals of
    one person: so a front end looks into each. The shared temporary folder, which the system may empty, comes last.
    """
    top = home()
    if top:
        return [top / "run"]
    return [*_system_folders(), _lasting_folder(), _shared_folder()]


def runtime_folder() -> Path:
    """Return the folder (0700) for a new worker's sockets, by a short path: the best that can be used.

    Raises ConfigError with the reason why the last one cannot be used.
    """
    *better, last = runtime_folders()
    for folder in better:
        with suppress(ConfigError):
            return _ready_for_sockets(folder)
    return _ready_for_sockets(last)


def worker_folders() -> tuple[list[Path], list[str]]:
    """Return short paths of the runtime folders that exist and are ours alone, and why others were passed over."""
    found: list[Path] = []
    refused: list[str] = []
    for folder in runtime_folders():
        try:
            check_owned(folder)
            found.append(_short_path(folder))
        except ForeignOwner as error:
            refused.append(str(error))
        except ConfigError as error:
            refused.append(error.title)
        except OSError:
            continue
    return found, refused


def private(folder: Path) -> Path:
    """Create `folder` if needed and return it; raises ConfigError unless it is ours alone (0700)."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not folder.is_symlink() and folder.is_dir() and folder.stat().st_uid == os.geteuid():
            folder.chmod(0o700)
        check_owned(folder, parents=False)
    except ForeignOwner as error:
        raise _not_ours(error) from error
    except OSError as error:
        raise ConfigError(
            f"{folder} cannot be used: {error.strerror}", "Set JUPYSTRA_HOME to a folder that can be written."
        ) from error
    return folder


def _system_folders() -> list[Path]:
    """Return our folders in those that the system makes for a login (Linux), as far as they are ours."""
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    tops = [Path(given)] if given.startswith("/") else []
    tops.append(Path(f"/run/user/{os.getuid()}"))
    folders = []
    for top in dict.fromkeys(tops):
        with suppress(OSError):
            check_owned(top)
            folders.append(top / APP)
    return folders


def _lasting_folder() -> Path:
    """Return the folder below the home folder, which no cleaner empties."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / APP / "run"
    given = os.environ.get("XDG_CACHE_HOME", "")
    cache = Path(given) if given.startswith("/") else Path.home() / ".cache"
    return cache / APP / f"run-{_machine()}"  # a home folder may be shared by several machines


def _machine() -> str:
    try:
        name = Path("/etc/machine-id").read_text()
    except OSError:
        name = socket.gethostname()
    return _digest(name.encode())[:6]


def _digest(text: bytes) -> str:
    from hashlib import sha256  # slow to import, and seldom needed

    return sha256(text).hexdigest()


def _shared_folder() -> Path:
    return Path("/tmp") / f"{APP}-{os.getuid()}"


def _ready_for_sockets(folder: Path) -> Path:
    """Make a runtime folder and return a short path to it; raises ConfigError where no socket can be made there."""
    try:
        check_owned(private(folder))
    except ForeignOwner as error:
        raise _not_ours(error) from error
    short = _short_path(folder)
    probe = short / f"p-{os.urandom(4).hex()}"
    try:
        with socket.socket(socket.AF_UNIX) as tried:
            tried.bind(str(probe))
        probe.unlink(missing_ok=True)  # a worker that starts removes such files
    except OSError as error:
        raise ConfigError(
            f"No socket can be made in {folder}: {error.strerror or error}",
            "Set JUPYSTRA_HOME to a folder on a local disk.",
        ) from error
    return short


def _short_path(folder: Path) -> Path:
    """Return `folder`, or where its path is too long for a socket, a link to it in a folder that is ours alone.

    What removes the link from the temporary folder leaves the sockets, and the link is made again when it is needed.
    """
    if len(os.fsencode(folder)) <= RUNTIME_LIMIT:
        return folder
    link = private(_shared_folder()) / _digest(os.fsencode(folder))[:12]
    try:
        with suppress(FileExistsError):
            link.symlink_to(folder)
        check_link(link, folder)
    except ForeignOwner as error:
        raise _not_ours(error) from error
    except OSError as error:
        raise ConfigError(
            f"{link} cannot be made: {error.strerror}", "Set JUPYSTRA_HOME to a short path."
        ) from error
    return link


def _not_ours(error: ForeignOwner) -> ConfigError:
    return ConfigError(f"{error}: {APP} does not use it", OWNER_HINT)
