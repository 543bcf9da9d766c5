"""Processes that work: errors come back, one that dies is replaced, none is left behind."""

import os
import sys
import time
from concurrent.futures import CancelledError

import pytest

from boxwork.sweeps.workers import Processes, WorkerEndedError


def test_results_and_errors_come_back() -> None:
    with Processes(2) as workers:
        futures = [workers.submit(pow, 2, n) for n in range(20)]
        wrong = workers.submit(int, "x")
        assert [future.result() for future in futures] == [2**n for n in range(20)]
        with pytest.raises(ValueError, match="invalid literal"):
            wrong.result()
        assert workers.submit(divmod, 7, 2).result() == (3, 1)


def test_one_that_dies_takes_only_its_task_with_it() -> None:
    with Processes(1) as workers:
        before = workers.submit(os.getpid)
        dying = [workers.submit(os._exit, 3), workers.submit(os.abort)]
        after = workers.submit(os.getpid)
        for future, how in zip(dying, ("status 3", "signal 6"), strict=True):
            with pytest.raises(WorkerEndedError, match=how):
                future.result()
        assert len({os.getpid(), before.result(), after.result()}) == 3


def test_what_is_printed_is_no_answer(capfd: pytest.CaptureFixture[str]) -> None:
    with Processes(1) as workers:
        assert workers.submit(print, "hello").result() is None
    out, err = capfd.readouterr()
    assert (out, err.strip()) == ("", "hello")


def test_workers_have_one_thread_and_our_path() -> None:
    with Processes(1) as workers:
        assert workers.submit(os.getenv, "OPENBLAS_NUM_THREADS").result() == "1"
        assert workers.submit(eval, "__import__('sys').path").result() == sys.path


def test_in_a_hurry_nothing_is_waited_for() -> None:
    with pytest.raises(KeyboardInterrupt), Processes(1) as workers:  # noqa: PT012
        pid = workers.submit(os.getpid).result()
        running, waiting = workers.submit(time.sleep, 600), workers.submit(time.sleep, 600)
        while not running.running():
            time.sleep(0.001)
        raise KeyboardInterrupt
    with pytest.raises(WorkerEndedError):
        running.result()
    with pytest.raises(CancelledError):
        waiting.result()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_what_cannot_be_sent_is_an_error() -> None:
    with Processes(1) as workers:
        with pytest.raises(Exception, match="pickle"):
            workers.submit(lambda: 1).result()
        assert workers.submit(pow, 2, 2).result() == 4
