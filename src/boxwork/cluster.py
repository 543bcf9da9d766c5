"""Workers of a cluster, by dask.distributed: whoever has its scheduler's address may give work."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from boxwork.specs.diagnostics import DataError, Diagnostic

PATIENCE = 10  # seconds


@contextmanager
def cluster(address: str, patience: float = PATIENCE) -> Iterator[Executor]:
    """The workers of the scheduler at an address (``tcp://host:8786``), as an executor.

    Raises:
        DataError: if there is no dask here, or the scheduler does not answer.
    """
    try:
        from distributed import Client
    except ImportError:
        message = "a cluster is reached with dask, which is not installed"
        hint = "pip install 'boxwork[dask]', here and where the workers are"
        raise DataError([Diagnostic("BW566", message, help=hint)]) from None
    try:
        client = Client(address, timeout=patience, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        message = f"the scheduler at {address} does not answer: {_first(error)}"
        hint = "dask scheduler prints its address when it starts: --scheduler tcp://HOST:8786"
        raise DataError([Diagnostic("BW562", message, help=hint)]) from None
    with client:
        yield client.get_executor(pure=False)


def _first(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
