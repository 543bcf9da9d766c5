"""The command line as tests call it: in process, and as a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from boxwork.commands import app
from boxwork.commands.guard import TRACEBACK

SRC = Path(__file__).parents[2] / "src"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def boxwork(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command in this process."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv(TRACEBACK, raising=False)

    def run(*args: str, status: int = 0) -> Result:
        result = CliRunner().invoke(app, args, prog_name="boxwork")
        said = result.stdout + result.stderr
        assert result.exit_code == status, said
        assert result.exception is None or isinstance(result.exception, SystemExit), said
        assert "Traceback" not in said
        return result

    return run


@pytest.fixture
def facts(boxwork: Callable[..., Result]) -> Callable[..., Any]:
    """What a command prints with ``--json``."""

    def run(*args: str, status: int = 0) -> Any:
        return json.loads(boxwork(*args, "--json", status=status).stdout)

    return run


@pytest.fixture
def process() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command as a whole process."""

    def run(
        *args: str, env: dict[str, str] | None = None, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        return subprocess.run(
            [sys.executable, "-m", "boxwork", *args],
            env=os.environ | {"PYTHONPATH": str(SRC)} | (env or {}),
            encoding="utf-8",
            check=False,
            **pipes,
        )

    return run
