"""A login node reduced to what the scripts see of it: a home, a shell, and the tools that every node has."""

import shutil
import subprocess
from pathlib import Path

import pytest

TOOLS = (
    "bash", "cat", "env", "find", "head", "hostname", "id", "ln", "mkdir", "mv", "od", "rm", "readlink", "rmdir", "sed",
    "sh", "sleep", "tail", "timeout", "tr",
)  # fmt: skip
SHELLS = [name for name in ("dash", "bash", "busybox") if shutil.which(name)]
_FAKES = Path(__file__).with_name("fakes")


class LoginNode:
    """Runs shell text as the kept shell does; `commands` is the folder in front of the PATH."""

    def __init__(self, root: Path, shell: str) -> None:
        self.home = root / "home of alice"
        self.commands = root / "bin"
        self.jobs = self.home / ".jupystra" / "jobs"
        self.environment = {
            "HOME": str(self.home),
            "PATH": f"{self.commands}:{root / 'tools'}",
            "SHELL": "/bin/bash",
            "LC_ALL": "C.UTF-8",
        }
        self._shell = [shutil.which(shell) or shell, *(["sh"] if shell == "busybox" else [])]
        if shell == "bash":
            self._shell.append("--posix")
        self.home.mkdir()
        self.commands.mkdir()
        (root / "tools").mkdir()
        for tool in TOOLS:
            (root / "tools" / tool).symlink_to(shutil.which(tool) or tool)

    def fake(self, name: str) -> Path:
        """Put a stand-in on the PATH; it writes what it got to `<name>.log` in the home."""
        return Path(shutil.copy(_FAKES / name, self.commands / name))

    def begin(self, script: str) -> subprocess.Popen[bytes]:
        """Start shell text in a session of its own."""
        process = subprocess.Popen(
            self._shell, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=self.environment, cwd=self.home, start_new_session=True,
        )  # fmt: skip
        assert process.stdin
        process.stdin.write(f"{script}\nprintf alive >&2\n".encode())
        process.stdin.close()
        process.stdin = None
        return process

    def run(self, script: str) -> tuple[bytes, str]:
        """Return output and errors of shell text; the shell that it was fed to must live on."""
        out, err = self.begin(script).communicate(timeout=60)
        assert err.endswith(b"alive")
        return out, err.removesuffix(b"alive").decode()

    def folder(self, tag: str, **files: str) -> Path:
        """Make a job's folder; `jpserver` is a runtime file."""
        folder = self.jobs / tag
        (folder / "runtime").mkdir(parents=True)
        for name, text in files.items():
            place = "runtime/jpserver-7.json" if name == "jpserver" else name.replace("_", ".")
            (folder / place).write_text(text, newline="")
        return folder


@pytest.fixture(params=SHELLS)
def login(request: pytest.FixtureRequest, tmp_path: Path) -> LoginNode:
    return LoginNode(tmp_path, request.param)


@pytest.fixture
def node(tmp_path: Path) -> LoginNode:
    return LoginNode(tmp_path, "sh")
