"""``boxwork sweep``: tables, files, wrong calls; killed, interrupted, gone on with."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

import boxwork as bw
from boxwork.sweeps.sweeping import Sweeping

Run = Callable[..., Result]
SRC = Path(__file__).parents[2] / "src"
posix = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
SMALL = ("--set", "dims.d_model=12", "--set", "dims.layers=1")
HEADS = ("sweep", "gpt", "--vary", "dims.heads=1,2,5", *SMALL)
RACE = ("--train", "rhyme.txt", "--steps", "2", "--batch", "2")


@pytest.fixture
def rhyme(here: Path) -> Path:
    (here / "rhyme.txt").write_text("humpty dumpty sat on a wall.\n", encoding="utf-8")
    return here


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_table_on_the_terminal(here: Path, boxwork: Run) -> None:
    result = boxwork(*HEADS)
    head, one, _, five, summary = result.stdout.splitlines()
    assert head.split()[:2] == ["dims.heads", "parameters"]
    assert one.split()[0] == "1"
    assert "BW116: `d_model % heads == 0` does not hold: d_model = 12; heads = 5" in five
    assert summary == "GPT of the article: 3 variants, 1 failed"
    assert "variant 3 of 3: dims.heads=" in result.stderr
    assert result.stderr.count("error[BW116]") == 1
    assert files(here) == []


def test_files_and_what_python_says(rhyme: Path, boxwork: Run) -> None:
    result = boxwork(*HEADS, *RACE, "--seeds", "2", "-q", "-o", "x.csv", "--plot", "x.svg")
    assert result.stdout == "GPT of the article: 3 variants, 1 failed\n"
    assert result.stderr.startswith("wrote x.csv\nwrote x.svg\n\nerror[BW116]")
    assert files(rhyme) == ["rhyme.txt", "x.csv", "x.jsonl", "x.svg"]
    vary, text = {"dims.heads": [1, 2, 5]}, Path("rhyme.txt")
    with ThreadPoolExecutor(1) as by:
        found = bw.sweep(
            "gpt", *SMALL[1::2], vary=vary, train=text, steps=2, batch=2, seeds=2, executor=by
        )
    assert (rhyme / "x.csv").read_text("utf-8") == found.csv()
    assert (rhyme / "x.svg").read_text("utf-8") == found.plot()


def test_the_same_call_goes_on_and_gives_the_same_bytes(here: Path, boxwork: Run) -> None:
    boxwork(*HEADS, "-o", "x.json")
    before = {name: (here / name).read_bytes() for name in ("x.json", "x.jsonl")}
    result = boxwork(*HEADS, "-o", "x.json")
    assert result.stderr.startswith("3 of 3 rows are in x.jsonl already\n")
    boxwork(*HEADS, "--resume", "x.jsonl", "-o", "y.json", "--jobs", "1")
    assert before == {name: (here / name).read_bytes() for name in before}
    assert (here / "y.json").read_bytes() == before["x.json"]
    assert files(here) == ["x.json", "x.jsonl", "y.json"]


def test_facts_for_machines(here: Path, facts: Callable[..., Any]) -> None:
    found = facts(*HEADS, "-q", "--context", "8")
    assert found["varied"] == ["dims.heads"]
    assert [row["edits"] for row in found["rows"]] == [{"dims.heads": n} for n in "125"]
    assert found["rows"][0]["lengths"] == {"seq": 8}
    assert found["rows"][2]["error"]["code"] == "BW116"


def test_if_all_fail_the_status_says_so(here: Path, boxwork: Run) -> None:
    result = boxwork("sweep", "gpt", "--vary", "dims.heads=5,7", "-o", "x.md", status=1)
    assert "2 variants, 2 failed" in result.stdout
    assert (here / "x.md").read_text("utf-8").count("BW116") == 2


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        (("--vary", "dims.heads"), 2, "BW560"),
        ((), 2, "BW560"),
        (("--vary", "dims.heads=1,"), 2, "a value is missing"),
        (("--vary", "dims.heads=1", "--vary", "dims.heads=2"), 2, "dims.heads is varied twice"),
        (("--vary", "dims.headz=1,2"), 1, "did you mean `heads`?"),
        (("--vary", "dims.heads=1", "-o", "x.txt"), 2, "BW508"),
        (("--vary", "dims.heads=1", "--plot", "x.png"), 2, "BW508"),
        (("--vary", "dims.heads=1", "-o", "no/x.csv"), 1, "BW507"),
        (("--vary", "dims.heads=1", "--resume", "x.csv"), 2, "BW508"),
        (("--vary", "dims.heads=1", "--resume", "x.jsonl"), 2, "there is no file x.jsonl"),
        (("--vary", "dims.heads=1", "--steps", "3"), 2, "--steps is an option of a training"),
        (("--vary", "dims.heads=1", "--train", "none.txt"), 1, "none.txt"),
        (("--vary", "dims.heads=1", "--train", "a", "--pairs", "b"), 2, "more than one thing"),
        (("--vary", "dims.heads=1", "-j", "2", "--scheduler", "x"), 2, "both say who works"),
    ],
)
def test_wrong_calls(
    here: Path, boxwork: Run, args: tuple[str, ...], status: int, said: str
) -> None:
    assert said in boxwork("sweep", "gpt", *args, status=status).stderr
    assert files(here) == []


def test_a_file_of_another_sweep(here: Path, boxwork: Run) -> None:
    boxwork(*HEADS, "-o", "x.csv")
    before = (here / "x.jsonl").read_bytes()
    result = boxwork(*HEADS, "--context", "8", "-o", "x.csv", status=1)
    assert "error[BW563]: x.jsonl: it is of another sweep: the context differs" in result.stderr
    assert (here / "x.jsonl").read_bytes() == before


LONG = ("sweep", "gpt", "--vary", "dims.heads=1,2,3,4,6", *SMALL, "--jobs", "1")
LONG_RACE = ("--train", "rhyme.txt", "--steps", "25", "--batch", "2")
# Each variant takes long enough for a test to come between two of them, on any machine.
SLOW = """
import time
from boxwork.sweeps.attempt import attempt as plain

def attempt(task):
    time.sleep(0.5)
    return plain(task)
"""
PACED = """
import sys
sys.path.append({folder!r})
import slow
from boxwork import cli
from boxwork.sweeps import sweeping
sweeping.attempt = slow.attempt
sys.argv = ["boxwork", *{args!r}]
cli.main()
"""


@pytest.fixture
def paced(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """A script that calls the command line, for ``start``; each variant takes a while."""
    folder = tmp_path_factory.mktemp("modules")
    (folder / "slow.py").write_text(SLOW, encoding="utf-8")
    return lambda *args: PACED.format(folder=str(folder), args=args)


def start(folder: Path, *args: str, code: str = "") -> subprocess.Popen[str]:
    """The command line, or a script that calls it."""
    how = ["-c", code] if code else ["-m", "boxwork", *args]
    return subprocess.Popen(
        [sys.executable, *how],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(SRC), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def wait_for(there: Callable[[], object], running: subprocess.Popen[str]) -> None:
    """Look again and again, until something is there or the process has ended."""
    for _ in range(20_000):
        if there() or running.poll() is not None:
            return
        time.sleep(0.005)
    raise AssertionError("it does not come")


def rows(path: Path) -> int:
    return len(path.read_bytes().splitlines()) - 1 if path.exists() else 0


def children(pid: int) -> list[int]:
    """The processes that a process has begun."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = path.read_text("utf-8").rpartition(")")[2].split()[1]
        except OSError:  # it has just ended
            continue
        if int(parent) == pid:
            found.append(int(path.parent.name))
    return found


def gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


@posix
def test_what_is_killed_goes_on_byte_for_byte(
    rhyme: Path, boxwork: Run, paced: Callable[..., str]
) -> None:
    call = (*LONG, *LONG_RACE, "-o", "x.csv")
    with start(rhyme, code=paced(*call)) as running:
        wait_for(lambda: rows(rhyme / "x.jsonl"), running)
        workers = children(running.pid)
        running.kill()
    assert running.returncode == -signal.SIGKILL  # it was not done yet
    assert not (rhyme / "x.csv").exists()
    for _ in range(20_000):
        if gone(workers):
            break
        time.sleep(0.005)
    assert gone(workers)  # they do not go on alone
    assert boxwork(*call).stderr.partition(" ")[0] in "1234"
    other = (*LONG, *LONG_RACE, "-q", "-o", "y.csv")
    boxwork(*other)
    for suffix in ("csv", "jsonl"):
        assert (rhyme / f"x.{suffix}").read_bytes() == (rhyme / f"y.{suffix}").read_bytes()


@posix
def test_ctrl_c_waits_for_what_is_tried_and_says_how_to_go_on(
    rhyme: Path, boxwork: Run, paced: Callable[..., str]
) -> None:
    with start(rhyme, code=paced(*LONG, *LONG_RACE, "-o", "x.csv")) as running:
        wait_for(lambda: rows(rhyme / "x.jsonl"), running)
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=100)
    assert running.returncode == 130
    *_, kept, again = errors.rstrip().splitlines()
    assert "stopping after the variants that are being tried; Ctrl-C again leaves at once" in errors
    done = rows(rhyme / "x.jsonl")
    assert kept == f"interrupted at {done} of 5 variants: x.jsonl has them"
    assert 1 <= done < 5
    call = again.removeprefix("to go on: boxwork ").split()
    assert sorted(call) == sorted([*LONG, *LONG_RACE, "--out", "x.csv"])
    assert not (rhyme / "x.csv").exists()
    assert boxwork(*call).stderr.startswith(f"{done} of 5 rows are in x.jsonl already\n")
    assert len((rhyme / "x.csv").read_text("utf-8").splitlines()) == 6


@posix
def test_a_second_ctrl_c_leaves_at_once(rhyme: Path) -> None:
    with start(rhyme, *LONG, "--train", "rhyme.txt", "--steps", "1000000") as running:
        assert running.stderr is not None
        wait_for(lambda: children(running.pid), running)
        workers = children(running.pid)
        running.send_signal(signal.SIGINT)
        assert running.stderr.readline() == "\n"
        assert running.stderr.readline().startswith("stopping after the variants")
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=60)
    assert (running.returncode, errors) == (130, "interrupted before any of 5 variants was done\n")
    assert gone(workers)
    assert files(rhyme) == ["rhyme.txt"]


def test_a_second_ctrl_c_keeps_what_was_done(
    here: Path, boxwork: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Sweeping.run

    def cut_off(*given: Any) -> Iterator[Any]:
        yield next(run(*given))
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Sweeping, "run", cut_off)
        said = boxwork(*HEADS, "-o", "x.csv", status=130).stderr
    *_, kept, again = said.splitlines()
    assert kept == "interrupted at 1 of 3 variants: x.jsonl has them"
    assert again.startswith("to go on: boxwork sweep gpt ")
    assert files(here) == ["x.jsonl"]
    assert boxwork(*HEADS, "-o", "x.csv").stderr.startswith("1 of 3 rows are in x.jsonl already")


@posix
def test_a_killed_worker_is_a_row(rhyme: Path, facts: Callable[..., Any]) -> None:
    call = ("sweep", "gpt", "--vary", "dims.layers=1,2", "--set", "dims.d_model=12", "--jobs", "1")
    with start(rhyme, *call, "--train", "rhyme.txt", "--steps", "60", "--json") as running:
        wait_for(lambda: children(running.pid), running)
        os.kill(children(running.pid)[0], signal.SIGKILL)
        out, _ = running.communicate(timeout=100)
    first, second = json.loads(out)["rows"]
    assert first["error"]["code"] == "BW564"
    assert first["error"]["message"] == "its worker was lost: its process ended with signal 9"
    assert second["loss"] > 0
    assert running.returncode == 0
    assert rows(rhyme / "gpt-sweep.jsonl") == 2  # kept: the same call tries it once more


def test_equal_footing(boxwork: Run, facts: Callable[..., Any], here: Path) -> None:
    vary = ("sweep", "gpt", "-q", "--vary", "dims.layers=2")
    (row,) = facts(*vary, "--equal", "parameters")["rows"]
    assert row["scaled"]["dim"] == "d_model"
    assert "give one: --train FILE" in boxwork(*vary, "--equal", "flops", status=2).stderr
    assert "--equal parameters" in boxwork(*vary, "--scale-dim", "d_ff", status=2).stderr
