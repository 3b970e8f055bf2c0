"""The wall clock of the workers of these tests."""

from pathlib import Path

CLOCK = """
import pathlib, time
_true = time.time
_file = pathlib.Path({file!r})
time.time = lambda: _true() + float(_file.read_text())
"""


class Clock:
    """The wall clock of the laptops' workers, which goes on while they sleep; the monotonic one does not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "clock"
        self._file = folder / "slept"
        self._slept = 0.0
        self.folder.mkdir()
        self.folder.joinpath("sitecustomize.py").write_text(CLOCK.format(file=str(self._file)))
        self.forward(0.0)

    def forward(self, seconds: float) -> None:
        """Let so much time pass that no process sees on its monotonic clock."""
        self._slept += seconds
        fresh = self._file.with_suffix(".new")
        fresh.write_text(str(self._slept))
        fresh.replace(self._file)
