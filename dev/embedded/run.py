"""`make run`: the whole portal on this machine, from an empty folder to `Ready:`, until Ctrl-C."""

import signal
import sys

# Before the runner handles signals there is only this process to end: no traceback for an early
# Ctrl-C.
signal.signal(signal.SIGINT, signal.SIG_DFL)

from dev.embedded.runner import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
