"""Output streams that are closed, full, or whose reader has gone; and Ctrl-C."""

from __future__ import annotations

import _thread
import io
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

WRONG = 1  # the spec or the data
MISUSE = 2  # the call
FAULT = 70  # ours
INTERRUPTED = 130  # what shells give for Ctrl-C
AGAIN = 0.01  # seconds
NO_READER = 141  # and for a pipe that nobody reads any more


def prepare() -> None:
    """A closed stream takes everything; a terminal that lacks a letter shows another instead."""
    sys.stdout = sys.stdout or io.StringIO()
    sys.stderr = sys.stderr or io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.unraisablehook = _unraisable


def _unraisable(what: UnraisableHookArgs) -> None:
    """A Ctrl-C that came while Python cleaned up, where it drops what is raised, comes again.

    A moment later: raised from here, it would be dropped once more.
    """
    if isinstance(what.exc_value, KeyboardInterrupt):
        again = threading.Timer(AGAIN, _interrupt)
        again.daemon = True
        again.start()
        return
    sys.__unraisablehook__(what)


def _interrupt() -> None:
    """Interrupt the main thread, also while it waits for the system."""
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, signal.SIGINT)
    else:
        _thread.interrupt_main()


def silence() -> None:
    """Nobody takes the output any more: let what is left in the buffer go nowhere."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
