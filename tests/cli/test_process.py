"""Whole processes: pipes, closed and full streams, Ctrl-C, colours, letters, what is imported."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Process = Callable[..., subprocess.CompletedProcess[str]]
SRC = Path(__file__).parents[2] / "src"
FULL = Path("/dev/full")
VERSION = ("--version",)
CHECK = ("check", "gpt")


def test_output_and_errors_go_to_their_streams(process: Process) -> None:
    good, bad = process("check", "gpt"), process("check", "gtp")
    assert (good.returncode, good.stderr) == (0, "")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.startswith("error[BW001]: no spec is named 'gtp'")
    assert "did you mean `gpt`?" in bad.stderr


@pytest.mark.parametrize("args", [VERSION, CHECK, ("draw", "gpt", "-o", "-")])
def test_a_reader_that_leaves_is_no_error(process: Process, args: tuple[str, ...]) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    result = process(*args, stdout=writes)
    os.close(writes)
    assert (result.returncode, result.stderr) == (141, "")


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("args", [VERSION, CHECK, ("draw", "gpt", "-o", "-")])
def test_a_full_disk_is_told(process: Process, args: tuple[str, ...]) -> None:
    with FULL.open("w", encoding="utf-8") as full:
        result = process(*args, stdout=full)
    assert result.returncode == 1
    assert result.stderr == "error[BW509]: cannot write the output: No space left on device\n"


@pytest.mark.skipif(os.name != "posix", reason="shells of POSIX")
@pytest.mark.parametrize(("closed", "status"), [(">&-", 0), ("2>&-", 0), (">&- 2>&-", 0)])
def test_closed_streams_are_no_error(closed: str, status: int) -> None:
    command = f"'{sys.executable}' -m boxwork check gpt {closed}"
    done = subprocess.run(
        ["/bin/sh", "-c", command], env=os.environ | {"PYTHONPATH": str(SRC)}, check=False
    )
    assert done.returncode == status


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_is_clean(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "boxwork", "demo"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(SRC)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=60)
    assert errors == "interrupted\n"
    # Inside an exec (dataclasses), CPython notes the interrupt and ends by the signal itself:
    # for a shell, that is 130 too.
    assert running.returncode in (130, -signal.SIGINT)


DROPPED = """
import time
from boxwork import cli

class Gone:
    def __del__(self):
        raise KeyboardInterrupt

def work():
    Gone()
    time.sleep(60)

cli._run = work
cli.main()
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_that_python_drops_comes_again() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DROPPED],
        env=os.environ | {"PYTHONPATH": str(SRC)},
        capture_output=True,
        encoding="utf-8",
        timeout=50,
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, "interrupted\n")


def test_a_terminal_without_the_letters(process: Process) -> None:
    result = process(*CHECK, env={"PYTHONIOENCODING": "iso8859-5"})
    assert (result.returncode, result.stderr) == (0, "")
    assert "seq ? 48" in result.stdout


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
@pytest.mark.parametrize(
    ("env", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"NO_COLOR": ""}, True)],
)
def test_colours_on_a_terminal_only(process: Process, env: dict[str, str], coloured: bool) -> None:
    import pty

    ours, theirs = pty.openpty()
    process("check", "gtp", env={"TERM": "xterm", "NO_COLOR": ""} | env, stderr=theirs)
    os.close(theirs)
    assert ("\033[" in os.read(ours, 10_000).decode()) is coloured
    os.close(ours)
    assert "\033[" not in process("check", "gtp").stderr


IMPORTS = """
import sys
sys.argv = ["boxwork", *{args}]
from boxwork.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(*sys.modules, file=sys.stderr)
"""
HEAVY = {"numpy", "scipy", "networkx", "rich", "safetensors", "tokenizers", "yaml"}


@pytest.mark.parametrize(
    ("args", "allowed"),
    [
        (["--version"], set()),
        (["--help"], set()),
        (["check", "gpt2"], {"yaml"}),
        (["check", "gpt2", "--json"], {"yaml"}),
        (["draw", "gpt2", "-o", "-"], {"yaml", "networkx"}),
        (["list"], {"yaml"}),
        (["list", "--json"], {"yaml"}),
        (["list", "blocks"], {"yaml"}),
        (["explain", "BW203"], {"yaml"}),
        (["expand", "gpt"], {"yaml"}),
        (["tokenize", "gpt", "ab"], {"yaml"}),
        (["run", "gpt", "--in", "tokens=ab"], {"yaml", "numpy", "scipy"}),
        (["generate", "gpt", "--prompt", "ab"], {"yaml", "numpy", "scipy"}),
    ],
)
def test_only_what_is_needed_is_imported(args: list[str], allowed: set[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS.format(args=args)],
        env=os.environ | {"PYTHONPATH": str(SRC)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert HEAVY & set(done.stderr.split()) <= allowed


def test_the_version_needs_no_library() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS.format(args=["--version"])],
        env=os.environ | {"PYTHONPATH": str(SRC)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert not {"typer", "numpy", "yaml"} & set(done.stderr.split())
