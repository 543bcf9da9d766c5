"""Who does the work of a sweep: processes of this machine, a dask cluster, or any executor."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

from boxwork import arguments
from boxwork.specs.diagnostics import DataError, Diagnostic

PATIENCE = 10  # seconds
FEW = 200  # light tasks


@contextmanager
def at_work(
    tasks: int,
    jobs: int | None = None,
    executor: Executor | None = None,
    scheduler: str | None = None,
    *,
    light: bool = False,
) -> Iterator[Executor]:
    """Who does so many tasks: whoever is given, a cluster, or processes of this machine.

    A few light ones are done by this process before another has begun. So are all, if blocks
    were made in a script or a notebook, where no other process finds them.
    """
    from boxwork.engines.running.threads import suited_to
    from boxwork.workers import Processes

    if (jobs is not None) + (executor is not None) + (scheduler is not None) > 1:
        raise TypeError("jobs, executor and scheduler each say who works; give one of them")
    alone = "__main__" in _homes() or (light and jobs is None and tasks <= FEW)
    jobs = cores() if jobs is None else arguments.count(jobs, "jobs", 1)
    if executor is not None:
        with suited_to(0):  # should it be threads of this process
            yield executor
    elif scheduler is not None:
        with cluster(scheduler) as workers:
            yield workers
    elif alone:
        with suited_to(0), _thread() as thread:
            yield thread
    else:
        with Processes(max(min(jobs, tasks), 1)) as processes:
            yield processes


@contextmanager
def _thread() -> Iterator[Executor]:
    """A thread of this process; at an interrupt, nothing more is begun."""
    thread = ThreadPoolExecutor(1)
    try:
        yield thread
    finally:
        thread.shutdown(cancel_futures=True)


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def modules() -> tuple[str, ...]:
    """The modules of blocks that are not boxwork's; other processes import them, too."""
    return tuple(home for home in _homes() if home != "__main__")


def _homes() -> list[str]:
    from boxwork.blocks.catalogue import primitives

    homes = {block.__module__ for block in primitives().values()}
    return sorted(home for home in homes if not home.startswith("boxwork."))


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
    with client:
        yield client.get_executor(pure=False)


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
