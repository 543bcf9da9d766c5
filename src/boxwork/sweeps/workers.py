"""Work in processes of its own: one that dies takes nothing with it but what it was doing.

``concurrent.futures`` has a pool of processes, too. It breaks as a whole when one of them is
killed, and it runs the caller's script anew in each; here a worker is replaced, and only
imports boxwork.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Job = tuple["Future[Any]", tuple[Any, ...]]
CODE = "import sys; sys.path[:] = {path!r}; from boxwork.sweeps.workers import serve; serve()"
ONE = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class WorkerEndedError(BrokenExecutor):
    """The process that had a task is gone."""


class Worker:
    """A process that does one task after the other."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - this Python, and our own words
            [sys.executable, "-c", CODE.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | ONE,
            start_new_session=True,  # Ctrl-C is for the one who asked for the work
        )

    def do(self, job: tuple[Any, ...]) -> Any:
        """What a task gives, or the error that it raises."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        task = pickle.dumps(job)
        try:
            pickle.dump(task, self.process.stdin)  # twice: a task that cannot be read is one task
            self.process.stdin.flush()
            good, result = pickle.load(self.process.stdout)  # noqa: S301 - of our own process
        except (OSError, ValueError, EOFError, pickle.UnpicklingError):
            status = self.end()
            raise WorkerEndedError(_ending(status)) from None
        if not good:
            raise result
        return result

    def end(self) -> int:
        """Let it go; what it was doing is lost."""
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:  # what was still to be sent
                    continue
        return self.process.wait()


def _ending(status: int) -> str:
    how = f"signal {-status}" if status < 0 else f"status {status}"
    return f"its process ended with {how}"


class Processes(Executor):
    """So many worker processes, each with one thread of BLAS; begun when there is work."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._workers: set[Worker] = set()
        self._hurry = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a function run: it and its arguments must be picklable."""
        future: Future[T] = Future()
        self._queue.put((future, (fn, args, kwargs)))
        if len(self._threads) < self.jobs:
            self._threads.append(threading.Thread(target=self._attend, daemon=True))
            self._threads[-1].start()
        return future

    def _attend(self) -> None:
        """Give tasks to one worker, or to the next one if it is gone."""
        worker: Worker | None = None
        while (job := self._queue.get()) is not None:
            future, task = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                worker = worker or self._begun()
                result = worker.do(task)
            except BaseException as error:
                if worker is not None and isinstance(error, WorkerEndedError):
                    self._workers.discard(worker)
                    worker = None
                future.set_exception(error)
            else:
                future.set_result(result)
        if worker is not None:
            self._workers.discard(worker)
            worker.end()

    def _begun(self) -> Worker:
        worker = Worker()
        self._workers.add(worker)
        if self._hurry:
            worker.process.kill()
        return worker

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers once they have done what they were given, or what they began."""
        while cancel_futures and not self._queue.empty():
            job = self._queue.get()
            if job is not None:
                job[0].cancel()
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads if wait else ():
            thread.join()
        self._threads = []

    def __exit__(self, kind: object, *rest: object) -> bool | None:
        if kind is not None:  # in a hurry: nothing is waited for
            self._hurry = True
            for worker in list(self._workers):
                worker.process.kill()
        self.shutdown(cancel_futures=kind is not None)
        return None


def serve() -> None:
    """Be a worker: do what comes in, until nothing can come any more.

    When its master ends, however that is, so does a worker, in the middle of its task.
    """
    inward, outward = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a block prints is no answer
    tasks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(inward, tasks), daemon=True).start()
    while True:
        pickle.dump(_done(tasks.get()), outward)
        outward.flush()


def _receive(inward: Any, tasks: queue.SimpleQueue[bytes]) -> None:
    while True:
        try:
            tasks.put(pickle.load(inward))  # noqa: S301 - of the process that began this one
        except EOFError:
            os._exit(0)


def _done(task: bytes) -> tuple[bool, Any]:
    try:
        function, args, kwargs = pickle.loads(task)  # noqa: S301 - as above
        return True, function(*args, **kwargs)
    except Exception as error:
        return False, error
