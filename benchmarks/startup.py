"""Start-up: whole processes, next to `python -c "import numpy"` in the same run."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 9
PYTHON = sys.executable
BOXWORK = [PYTHON, "-m", "boxwork"]
COMMANDS = {
    "python -c pass": [PYTHON, "-c", "pass"],
    "import numpy": [PYTHON, "-c", "import numpy"],
    "import numpy, boxwork": [PYTHON, "-c", "import numpy, boxwork"],
    "boxwork --version": [*BOXWORK, "--version"],
    "boxwork check gpt2": [*BOXWORK, "check", "gpt2"],
    "boxwork draw gpt2": [*BOXWORK, "draw", "gpt2", "-o", "-"],
}
PEER = "import numpy"


def main() -> None:
    """Interleave the commands, and tell the median and the memory of each."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    memory: dict[str, int] = {}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            seconds, kilobytes = _measured(command)
            times[name].append(seconds)
            memory[name] = max(memory.get(name, 0), kilobytes)
    peer = statistics.median(times[PEER])
    print(f"{'':24}{'median':>9}{'minimum':>9}{'x numpy':>9}{'memory':>10}")
    for name, found in times.items():
        median = statistics.median(found)
        print(
            f"{name:24}{median * 1e3:6.0f} ms{min(found) * 1e3:6.0f} ms"
            f"{median / peer:9.2f}{memory[name] / 1024:7.0f} MB"
        )


def _measured(command: list[str]) -> tuple[float, int]:
    """The wall time of a process in seconds, and its peak memory in kB."""
    root = Path(__file__).parent.parent
    environment = os.environ | {"PYTHONPATH": str(root / "src"), "PYTHONDONTWRITEBYTECODE": ""}
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return seconds, usage.ru_maxrss
