"""Small products run on one BLAS thread, large ones on as many as there are."""

from __future__ import annotations

import subprocess
import sys

import pytest

from boxwork.engines.running.threads import SHARED

SCRIPT = """
import numpy, os
from threadpoolctl import threadpool_info
from boxwork.engines.running.threads import suited_to

def threads():
    return max(one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas")

before = threads()
with suited_to({products}):
    print(before, threads())
assert threads() == before
"""


@pytest.mark.parametrize(("products", "small"), [(SHARED - 1, True), (SHARED, False)])
def test_threads(products: int, small: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.replace("{products}", str(products))],
        env={"OPENBLAS_NUM_THREADS": "2", "PATH": "", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    before, inside = map(int, done.stdout.split())
    if before < 2:
        pytest.skip("this BLAS has one thread only")
    assert inside == (1 if small else before)
