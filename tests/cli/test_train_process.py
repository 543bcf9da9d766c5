"""Trainings as whole processes: killed, interrupted, interrupted twice; the bar on a terminal."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src"
posix = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
SMALL = ("--set", "dims.d_model=12", "--set", "dims.heads=2", "--set", "dims.layers=1")
GPT = ("train", "gpt", "--text", "rhyme.txt", *SMALL, "--batch", "4")


# Each step takes long enough for a test to come between two of them, on any machine.
PACED = """
import sys, time
from boxwork import cli
from boxwork.engines.learning.train import Trainer

plain = Trainer.step

def step(self, batch):
    time.sleep(0.05)
    return plain(self, batch)

Trainer.step = step
sys.argv = ["boxwork", *{args}]
cli.main()
"""
SLOW = """
import sys, time
from boxwork import cli
from boxwork.engines.learning.train import Trainer

def step(self, batch):
    sys.stderr.write("it has begun\\n")
    time.sleep(60)

Trainer.step = step
sys.argv = ["boxwork", *{args}]
cli.main()
"""


@pytest.fixture
def rhyme(tmp_path: Path) -> Path:
    (tmp_path / "rhyme.txt").write_text("humpty dumpty sat on a wall. " * 3, encoding="utf-8")
    return tmp_path


def start(folder: Path, *args: str, code: str = "") -> subprocess.Popen[str]:
    """The command line, or a script that calls it."""
    how = ["-c", code] if code else ["-m", "boxwork", *args]
    threads = {"OPENBLAS_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, *how],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(SRC)} | threads,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def finished(folder: Path, *args: str) -> None:
    with start(folder, *args) as running:
        _, errors = running.communicate(timeout=100)
    assert running.returncode == 0, errors


def wait_for(there: Callable[[], bool], running: subprocess.Popen[str]) -> None:
    """Look again and again, until something is there or the process has ended."""
    for _ in range(20_000):
        if there() or running.poll() is not None:
            return
        time.sleep(0.005)
    raise AssertionError("it does not come")


@posix
@pytest.mark.parametrize("writes", [1, 4])
def test_what_is_killed_goes_on_bit_for_bit(rhyme: Path, writes: int) -> None:
    whole, killed = rhyme / "whole", rhyme / "killed"
    for folder in (whole, killed):
        folder.mkdir()
        (folder / "rhyme.txt").write_bytes((rhyme / "rhyme.txt").read_bytes())
    shows = ("--curve", "c.json", "--norms", "n.csv")
    call = (*GPT, "--steps", "150", "--every", "3", "--checkpoint", "p.checkpoint", *shows)
    finished(whole, *call)
    point = killed / "p.checkpoint"
    seen: set[int] = set()

    def written() -> bool:
        if point.exists():
            seen.add(point.stat().st_mtime_ns)
        return len(seen) >= writes

    with start(killed, code=PACED.format(args=call)) as running:
        wait_for(written, running)
        running.kill()
    assert running.returncode == -signal.SIGKILL  # it was not done yet
    assert not (killed / "gpt.safetensors").exists()
    finished(killed, *GPT, *shows, "--resume", "p.checkpoint")
    for name in ("gpt.safetensors", "p.checkpoint", "c.json", "n.csv"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes()


@posix
def test_ctrl_c_keeps_a_checkpoint_and_says_how_to_go_on(rhyme: Path) -> None:
    finished(rhyme, *GPT, "--steps", "300", "-o", "whole.safetensors")
    point = rhyme / "part.checkpoint"
    call = (*GPT, "--steps", "300", "--every", "2", "-o", "part.safetensors")
    with start(rhyme, code=PACED.format(args=call)) as running:
        wait_for(point.exists, running)
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=100)
    assert running.returncode == 130
    *_, note, kept, again = errors.rstrip().splitlines()
    assert note == "stopping after this step; Ctrl-C again leaves at once"
    assert kept.startswith("interrupted at step ")
    assert kept.endswith(" of 300: wrote part.checkpoint")
    assert again.startswith("to go on: boxwork train gpt --set dims.d_model=12 ")
    files = "--text rhyme.txt -o part.safetensors --resume part.checkpoint"
    assert again.endswith(files)
    assert not (rhyme / "part.safetensors").exists()
    finished(rhyme, *again.removeprefix("to go on: boxwork ").split())
    parts = [(rhyme / f"{name}.safetensors").read_bytes() for name in ("whole", "part")]
    assert parts[0] == parts[1]
    assert not point.exists()


@posix
def test_a_second_ctrl_c_leaves_at_once(rhyme: Path) -> None:
    with start(rhyme, code=SLOW.format(args=GPT)) as running:
        assert running.stderr is not None
        assert running.stderr.readline() == "it has begun\n"
        running.send_signal(signal.SIGINT)
        assert running.stderr.readline() == "\n"
        assert running.stderr.readline().startswith("stopping after this step")
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=30)
    assert (running.returncode, errors) == (130, "interrupted\n")
    assert [path.name for path in rhyme.iterdir()] == ["rhyme.txt"]


@posix
def test_a_bar_on_a_terminal(rhyme: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "boxwork", *GPT, "--steps", "30"],
        cwd=rhyme,
        env=os.environ | {"PYTHONPATH": str(SRC), "TERM": "xterm", "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=theirs,
        check=True,
    )
    os.close(theirs)
    shown = os.read(ours, 1_000_000).decode()
    os.close(ours)
    assert "\033[" in shown
    assert "GPT of the article" in shown
    assert "\033[" not in done.stdout.decode()
