"""What all tests share: one BLAS thread, hypothesis without deadlines, golden files."""

import os

# Before the first import of numpy: threads make small products slower and sums vary.
os.environ.update(
    dict.fromkeys(
        [
            "OPENBLAS_NUM_THREADS",
            "OMP_NUM_THREADS",
            "MKL_NUM_THREADS",
            "BLIS_NUM_THREADS",
            "VECLIB_MAXIMUM_THREADS",
        ],
        "1",
    )
)

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same examples in every run; `make random` draws others, and more of them. How fast a
# machine is decides nothing.
TIMELESS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("boxwork", TIMELESS, derandomize=True)
settings.register_profile("random", TIMELESS, max_examples=300)
settings.load_profile("boxwork")

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept", action="store_true", help="write the golden files anew instead of comparing"
    )


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written instead of compared."""
    return bool(request.config.getoption("--accept"))


@pytest.fixture
def golden(accept: bool) -> Callable[[str, str], None]:
    """Compare a text with the file ``tests/golden/NAME``, or write it under ``--accept``."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if accept:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        assert path.exists(), f"{path} is missing: `make accept` writes it"
        assert text == path.read_text(encoding="utf-8"), f"{path} differs: see `make accept`"

    return compare
