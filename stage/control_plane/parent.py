"""A process that ends when the one that started it ends, however that happens."""

import ctypes
import os
import signal
import sys

# From <linux/prctl.h>.
_PR_SET_PDEATHSIG = 1


def die_with(parent_pid: int) -> None:
    """Have the kernel kill this process when its parent is gone.

    Linux only; elsewhere a parent that is killed leaves this process behind.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have gone before the kernel was told.
    if os.getppid() != parent_pid:
        sys.exit(0)
