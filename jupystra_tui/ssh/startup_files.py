"""Start-up files of a shell on the login node that wait for input, start another shell, or are slow."""

from jupystra_tui.errors import NoAnswer

OPENING = "\n" * 8 + '[ -z "${ZSH_VERSION-}" ] || emulate sh\n'
"""Sent first to a shell: blank lines for files that read, and zsh that a file may have started runs as sh does."""
PLAIN_FILES = (
    "~/.bashrc (bash), ~/.zshenv (zsh), ~/.cshrc or ~/.tcshrc (tcsh), ~/.config/fish/config.fish (fish)"
)
LOGIN_FILES = f"~/.bash_profile, ~/.profile, ~/.zprofile, or {PLAIN_FILES}"


class StillStarting(TimeoutError):
    """A new shell ran no command within `seconds`; `words` is what it has printed."""

    def __init__(self, seconds: float, words: str) -> None:
        super().__init__(words)
        self.seconds = seconds
        self.words = words


class StartupFilesHang(NoAnswer):
    """A new shell ran no command in time, though the login node answers."""

    def __init__(self, error: StillStarting, *, login_shell: bool) -> None:
        files = LOGIN_FILES if login_shell else PLAIN_FILES
        super().__init__(
            f"The login node did not answer within {error.seconds:.0f} s: its start-up files have not ended",
            f"A line in {files} may wait for input, start another shell (exec fish) or be slow. Have it run in "
            "interactive shells only, or set `startup_seconds` for this cluster to more.",
            error.words,
        )
