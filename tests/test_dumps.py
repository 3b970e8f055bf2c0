"""A process that may hold a password writes no core dump."""

import ctypes
import os
import resource
import sys

import pytest

from jupystra_tui import dumps

PR_GET_DUMPABLE = 3


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_core_dumps_are_disabled() -> None:
    pid = os.fork()
    if pid == 0:
        dumps.forbid()
        dumps.forbid()
        limit, _ = resource.getrlimit(resource.RLIMIT_CORE)
        os._exit(ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) + (limit != 0) * 2)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
