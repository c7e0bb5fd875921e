"""What a process loads when it starts, and keeps until its end."""

from __future__ import annotations

import gc


def keep_loaded() -> None:
    """Let the garbage collector leave alone what is loaded now, which stays until the end.

    Code, settings and models are a quarter of a million objects. A worker went through all of
    them before each process that it forked (0.15 s), and each such process again, which copied
    the memory that they share.
    """
    gc.collect()
    gc.freeze()
