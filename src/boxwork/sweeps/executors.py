"""Who does the work of a sweep: processes of this machine, a dask cluster, or any executor."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

from boxwork import arguments

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
    from boxwork.sweeps.clusters import cluster
    from boxwork.sweeps.workers import Processes

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
