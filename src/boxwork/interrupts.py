"""Ctrl-C during long work: the first asks it to stop where nothing is lost, the second stops it."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType


@dataclass(slots=True)
class Asked:
    """Whether somebody asked to stop."""

    stop: bool = False


@contextmanager
def asked_to_stop(note: str) -> Iterator[Asked]:
    """Note the first Ctrl-C, and say so; the next one interrupts at once, as ever."""
    asked = Asked()
    if threading.current_thread() is not threading.main_thread():  # signals go to that one
        yield asked
        return
    before = signal.getsignal(signal.SIGINT) or signal.default_int_handler

    def first(number: int, frame: FrameType | None) -> None:
        asked.stop = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with suppress(
            RuntimeError
        ):  # it came while this stream was writing, and waits for a reader
            sys.stderr.write(f"\n{note}\n")

    signal.signal(signal.SIGINT, first)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
