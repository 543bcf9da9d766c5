"""The workers of a dask cluster, as an executor that begins no more tasks than they have threads.

dask's own executor hands all tasks on at once, and cannot tell those that have begun: whoever
stops then loses them.
"""

from __future__ import annotations

import concurrent.futures
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from boxwork.specs.diagnostics import DataError, Diagnostic

P = ParamSpec("P")
T = TypeVar("T")
PATIENCE = 10  # seconds


class Cluster(Executor):
    """Tasks for a client of dask; one that waits can be cancelled, one that has begun cannot."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self._waiting: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._begun: dict[Any, Future[Any]] = {}
        self._lock = threading.RLock()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a function run: it and its arguments must be picklable."""
        future: Future[T] = Future()
        begin = lambda: self.client.submit(fn, *args, pure=False, **kwargs)  # noqa: E731
        with self._lock:
            self._waiting.append((future, begin))
            if len(self._waiting) == 1:  # else it is known that no thread is free
                self._fill()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Begin nothing more; what has begun is waited for, unless there is a hurry."""
        with self._lock:
            while cancel_futures and self._waiting:
                self._waiting.popleft()[0].cancel()
        if wait:
            concurrent.futures.wait([*self._begun.values(), *(one for one, _ in self._waiting)])

    def __exit__(self, kind: object, *rest: object) -> bool | None:
        hurry = kind is not None
        self.shutdown(wait=not hurry, cancel_futures=hurry)
        return None

    def _fill(self) -> None:
        """Begin as many tasks as there are threads now; none if the scheduler is gone."""
        try:
            self._begin()
        except Exception as error:  # of dask: nobody else would tell those that wait
            while self._waiting:
                future, _ = self._waiting.popleft()
                if future.set_running_or_notify_cancel():
                    future.set_exception(error)

    def _begin(self) -> None:
        while self._waiting and len(self._begun) < max(sum(self.client.nthreads().values()), 1):
            future, begin = self._waiting.popleft()
            if future.set_running_or_notify_cancel():
                task = begin()
                self._begun[task] = future
                task.add_done_callback(self._done)

    def _done(self, task: Any) -> None:
        with self._lock:
            future = self._begun.pop(task)
            try:
                future.set_result(task.result())
            except BaseException as error:
                future.set_exception(error)
            self._fill()


@contextmanager
def cluster(address: str, patience: float = PATIENCE) -> Iterator[Executor]:
    """The workers of the scheduler at an address (``tcp://host:8786``), as an executor.

    Raises:
        DataError: if there is no dask here, or the scheduler does not answer.
    """
    try:
        from distributed import Client
    except ImportError:
        message = "a cluster is reached with dask, which is not installed"
        hint = "pip install 'boxwork[dask]', here and where the workers are"
        raise DataError([Diagnostic("BW566", message, help=hint)]) from None
    _reach(address, patience)
    try:
        client = Client(address, timeout=patience, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise _silent(address, error) from None
    with client, Cluster(client) as workers:
        yield workers


def _reach(address: str, patience: float) -> None:
    """Look whether somebody listens there at all: a client leaves more behind than this does."""
    try:
        place = urlsplit(address)
        if place.scheme not in ("tcp", "tls") or not place.hostname or place.port is None:
            raise ValueError("an address is written tcp://HOST:PORT")
        socket.create_connection((place.hostname, place.port), patience).close()
    except (OSError, ValueError) as error:
        raise _silent(address, error) from None


def _silent(address: str, error: Exception) -> DataError:
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    message = f"the scheduler at {address} does not answer: {said.splitlines()[0]}"
    hint = "dask scheduler prints its address when it starts: --scheduler tcp://HOST:8786"
    return DataError([Diagnostic("BW562", message, help=hint)])
