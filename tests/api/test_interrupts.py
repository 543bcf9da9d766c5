"""Ctrl-C during long work: noted once, also while the note cannot be written."""

from __future__ import annotations

import io
import os
import signal
import sys

import pytest

from boxwork.interrupts import asked_to_stop

posix = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


class Slow(io.RawIOBase):
    """A stream whose reader waits; meanwhile somebody presses Ctrl-C."""

    def __init__(self) -> None:
        self.taken = b""
        self.presses = 1

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        if self.presses:
            self.presses -= 1
            signal.raise_signal(signal.SIGINT)
        self.taken += bytes(data)  # type: ignore[call-overload]
        return len(data)  # type: ignore[arg-type]


@posix
def test_the_first_is_noted_and_the_second_interrupts() -> None:
    before = signal.getsignal(signal.SIGINT)
    with asked_to_stop("stopping") as asked:
        assert not asked.stop
        signal.raise_signal(signal.SIGINT)
        assert asked.stop
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


@posix
def test_one_that_comes_while_something_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = Slow()
    stream = io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", line_buffering=True)
    monkeypatch.setattr(sys, "stderr", stream)
    with asked_to_stop("stopping") as asked:
        sys.stderr.write("step 1 of 2\n")
    assert asked.stop
    assert raw.taken == b"step 1 of 2\n"
