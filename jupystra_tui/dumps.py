"""What a crash leaves behind: no image of the memory, which may hold a password."""

import resource
import sys

PR_SET_DUMPABLE = 4


def forbid() -> None:
    """Have the system write no core file of this process, nor hand its memory to another program; idempotent.

    A core file is cut to nothing; on Linux the process counts as undumpable too, because a handler of crashes gets the
    memory whatever that limit says.
    """
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
