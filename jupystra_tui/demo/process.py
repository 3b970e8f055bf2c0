"""The processes of a started job: its own process group, its output file, its end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from jupystra_tui.demo.demo_job import DemoJob, DemoState
from jupystra_tui.demo.demo_queue import JobStartError
from jupystra_tui.demo.scheduler_commands import JobTraces


class JobStarter:
    """Starts jobs' scripts from a spool folder, as a node's daemon does."""

    def __init__(self, spool: Path, traces: JobTraces) -> None:
        self._spool = spool
        self._traces = traces

    def __call__(self, job: DemoJob) -> JobProcesses:
        """Start the job's script; LaunchError when it or its output file cannot be opened."""
        script = self._spool / f"job{job.id:05}"
        script.write_text(job.request.script, encoding="utf-8", errors="surrogateescape")
        script.chmod(0o700)
        try:
            output = _open_output(job, self._traces.output(job))
            process = _start(script, job, output, self._environment(job))
        except OSError as error:
            raise JobStartError(str(error)) from error
        return JobProcesses(process, output, job, self._traces)

    def _environment(self, job: DemoJob) -> dict[str, str]:
        """What the job was submitted with, and where it runs."""
        return {**job.request.environment, **self._traces.environment(job), "PRACTICE_HOST": job.node}


class JobProcesses:
    """A running job script with everything it started in its process group."""

    def __init__(
        self, process: subprocess.Popen[bytes], output: int, job: DemoJob, traces: JobTraces
    ) -> None:
        self._process = process
        self._output = output
        self._job = job
        self._traces = traces

    def poll(self) -> tuple[int, int] | None:
        """Exit code and signal of the script once it has ended; what it left behind ends with it."""
        code = self._process.poll()
        if code is None:
            return None
        signal_group(self._process.pid, signal.SIGKILL)
        self._close_output()
        return (code, 0) if code >= 0 else (0, -code)

    def end(self, why: DemoState) -> None:
        """Ask the group to end, and say why in the job's output."""
        if self._output >= 0:
            with contextlib.suppress(OSError):
                os.write(self._output, self._traces.end_notice(self._job, why).encode())
        signal_group(self._process.pid, signal.SIGCONT)
        signal_group(self._process.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End the group now and wait for its leader, which cannot refuse."""
        if self._process.poll() is None:
            signal_group(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._close_output()

    def _close_output(self) -> None:
        if self._output >= 0:
            os.close(self._output)
            self._output = -1
            self._traces.deliver(self._job)


def signal_group(leader: int, number: signal.Signals) -> None:
    """Send a signal to all processes of a group; a group already gone is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def _open_output(job: DemoJob, path: str) -> int:
    how = os.O_APPEND if job.request.append else os.O_TRUNC
    mode = 0o666 & ~job.request.umask
    return os.open(path, os.O_WRONLY | os.O_CREAT | how, mode)


def _start(script: Path, job: DemoJob, output: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [script],
            cwd=job.request.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            umask=job.request.umask,
        )
    except OSError:
        os.close(output)
        raise
