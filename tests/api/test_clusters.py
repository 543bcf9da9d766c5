"""A dask cluster as an executor: what has begun is known, and what waits can be cancelled."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

import boxwork as bw
from boxwork.sweeps.clusters import Cluster, cluster
from boxwork.sweeps.sweeping import Sweeping, given, how_to

SMALL = ("dims.d_model=12", "dims.layers=1")
VARY = {"dims.heads": [1, 2, 3, 4, 6]}


@pytest.fixture(scope="module")
def workers() -> Iterator[Executor]:
    """Two threads in this process, which answer as a cluster does."""
    distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")
    local = distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=2,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address=None,
    )
    with local, cluster(local.scheduler_address) as by:
        yield by


def wait_for(path: Path) -> str:
    """A task that goes on until a file is there."""
    for _ in range(20_000):
        if path.exists():
            return path.name
        time.sleep(0.005)
    raise AssertionError("it does not come")


def test_what_waits_can_be_cancelled_and_what_has_begun_cannot(
    workers: Executor, tmp_path: Path
) -> None:
    tasks = [workers.submit(wait_for, tmp_path / name) for name in "abcd"]
    assert [task.cancel() for task in tasks] == [False, False, True, True]
    for name in "ab":
        (tmp_path / name).touch()
    assert [task.result(100) for task in tasks[:2]] == ["a", "b"]


def test_one_follows_when_another_is_done(workers: Executor, tmp_path: Path) -> None:
    for name in "abcde":
        (tmp_path / name).touch()
    tasks = [workers.submit(wait_for, tmp_path / name) for name in "abcde"]
    assert [task.result(100) for task in tasks] == list("abcde")


def test_a_task_that_fails_is_told(workers: Executor, tmp_path: Path) -> None:
    task: Future[str] = workers.submit(open, tmp_path / "none")  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        task.result(100)


class Gone:
    """A client that says when its scheduler is gone."""

    def __init__(self) -> None:
        self.begun: list[Any] = []
        self.there = True

    def nthreads(self) -> dict[str, int]:
        if not self.there:
            raise OSError("the scheduler is gone")
        return {"one": 1}

    def submit(self, *_: object, **__: object) -> Any:
        self.begun.append(Task())
        return self.begun[-1]


class Task:
    """One that was begun, and whose end a test brings about."""

    def add_done_callback(self, done: Callable[[Any], None]) -> None:
        self.done = done

    def result(self) -> str:
        return "done"


def test_what_waits_is_told_that_the_scheduler_is_gone() -> None:
    client = Gone()
    by = Cluster(client)
    first, *rest = (by.submit(str) for _ in range(3))
    rest[0].cancel()
    client.there = False
    client.begun[0].done(client.begun[0])
    assert first.result(0) == "done"
    with pytest.raises(OSError, match="the scheduler is gone"):
        rest[1].result(0)
    assert rest[0].cancelled()


def test_a_sweep_that_is_to_stop_waits_for_what_has_begun(
    workers: Executor, tmp_path: Path
) -> None:
    how = how_to(None, "bfloat16", None, {}, 1, None)
    work = Sweeping("gpt", SMALL, given(VARY), how, tmp_path / "x.jsonl")
    found = list(work.run(workers, stop=lambda: True))
    assert 1 <= len(found) <= 5
    assert len(work.open) == 5 - len(found)
    again = bw.sweep("gpt", *SMALL, vary=VARY, results=tmp_path / "x.jsonl", executor=workers)
    assert again.csv() == bw.sweep("gpt", *SMALL, vary=VARY).csv()
