"""Documents that run: every example of README and docs/ is executed, in order, in one folder.

A fence ```yaml NAME (```python NAME, ```text NAME) is a file; ```python is run; ```console holds
commands behind `$ ` and what they print, which `make accept` writes anew; ```sh is run if it is
boxwork's; ```yaml without a name is a piece of a spec, and only read.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from boxwork.specs.diagnostics import Source
from boxwork.specs.source import parse

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(\w+)(?: +(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
QUIET = {"NO_COLOR": "1", "COLUMNS": "100", "PYTHONPATH": str(ROOT / "src")}
QUIET |= {"OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "error"}


def run(command: list[str], folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | QUIET,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    return done.returncode, done.stdout


def boxwork(line: str, folder: Path) -> tuple[int, str]:
    name, *words = shlex.split(line)
    assert name == "boxwork", line
    return run([sys.executable, "-m", "boxwork", *words], folder)


def played(console: str, folder: Path) -> str:
    """A console as it really goes: the commands, each with what it prints."""
    lines = []
    for line in console.splitlines():
        if line.startswith("$ "):
            code, text = boxwork(line[2:], folder)
            assert code in (0, 1), text
            lines += [line, *(out.rstrip() for out in text.rstrip("\n").splitlines())]
    return "\n".join(lines) + "\n"


def ours(shell: str) -> Iterator[str]:
    return (line for line in shell.splitlines() if line.startswith("boxwork "))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_examples_run(path: Path, tmp_path: Path, accept: bool) -> None:
    text = path.read_text(encoding="utf-8")
    assert "```" not in FENCE.sub("", text), "a fence that is not read"
    new = FENCE.sub(lambda fence: example(fence, tmp_path), text)
    if accept:
        path.write_text(new, encoding="utf-8")
    assert accept or new == text


def example(fence: re.Match[str], folder: Path) -> str:
    """Run one example; what it should look like comes back."""
    language, name, body = fence.groups()
    if name:
        (folder / name).write_text(body, encoding="utf-8")
    elif language == "python":
        code, out = run([sys.executable, "-c", body], folder)
        assert code == 0, out
    elif language == "console":
        return f"```console\n{played(body, folder)}```"
    elif language == "sh":
        for line in ours(body):
            code, out = boxwork(line.partition("  #")[0], folder)
            assert code == 0, out
    elif language == "yaml":  # a piece of a spec: it is read, not run
        parse(Source("example", body))
    else:
        pytest.fail(f"an example in {language} is not run")
    return fence[0]
