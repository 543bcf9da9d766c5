"""Output streams that are closed, full, or whose reader has gone."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress

WRONG = 1  # the spec or the data
MISUSE = 2  # the call
FAULT = 70  # ours
INTERRUPTED = 130  # what shells give for Ctrl-C
NO_READER = 141  # and for a pipe that nobody reads any more


def prepare() -> None:
    """A closed stream takes everything; a terminal that lacks a letter shows another instead."""
    sys.stdout = sys.stdout or io.StringIO()
    sys.stderr = sys.stderr or io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def silence() -> None:
    """Nobody takes the output any more: let what is left in the buffer go nowhere."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
