"""Start-up files of a shell on the login node that wait for input, start another shell, or are slow."""

from jupystra_tui.errors import NoAnswer

_LINES_READ = "\n" * 8
_LEAVE_TCSH = 'test "$?tcsh" = 1 && exec /bin/sh\n'
_READ_AHEAD = "\n" * 4608  # tcsh reads 4096 bytes at a time, and what it has read is lost to the next shell
_ZSH_AS_SH = '[ -z "${ZSH_VERSION-}" ] || emulate sh\n'
OPENING = _LINES_READ + _LEAVE_TCSH + _READ_AHEAD + _ZSH_AS_SH
"""Sent first to a shell: blank lines for start-up files that read, and what tcsh or zsh, started by one, need."""
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
