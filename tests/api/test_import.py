"""``import boxwork``: light, typed, and with every name it announces."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import boxwork as bw

SRC = Path(__file__).parents[2] / "src"
LIGHT = """
import sys
before = set(sys.modules)
import boxwork
boxwork.__version__
dir(boxwork)
print(*(set(sys.modules) - before))
"""


def modules_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(SRC)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return set(done.stdout.split())


def test_the_import_brings_nothing_with_it() -> None:
    assert {name.partition(".")[0] for name in modules_after(LIGHT)} <= {"boxwork", "typing"} | (
        set(sys.stdlib_module_names)
    )
    assert not {name for name in modules_after(LIGHT) if name.startswith("boxwork.")}


def test_loading_needs_no_arrays() -> None:
    code = "import boxwork, sys; boxwork.load('gpt2').parameters; print(*sys.modules)"
    assert not {"numpy", "networkx", "scipy", "rich", "typer"} & modules_after(code)


@pytest.mark.parametrize("name", bw.__all__)
def test_every_announced_name_is_there(name: str) -> None:
    assert getattr(bw, name) is not None
    assert name in dir(bw)


def test_the_names_are_sorted() -> None:
    assert bw.__all__ == sorted(bw.__all__)


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="module 'boxwork' has no attribute 'lode'"):
        bw.lode  # noqa: B018


def test_errors_are_of_one_family() -> None:
    assert issubclass(bw.SpecError, bw.BoxworkError)
    assert issubclass(bw.DataError, bw.BoxworkError)
