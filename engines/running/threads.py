"""How many threads BLAS works with: one, where the products are too small to be shared.

OpenBLAS lets its threads wait for each other in a loop: with small products, or with cores that
somebody else needs, two threads are several times slower than one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

SHARED = 1 << 25  # multiply-adds of a product, about a millisecond on one thread


@contextmanager
def suited_to(products: int) -> Iterator[None]:
    """Run with one BLAS thread, unless some product has this many multiply-adds or more."""
    if products >= SHARED:
        yield
        return
    with _controller().limit(limits=1, user_api="blas"):
        yield


@cache
def _controller() -> Any:
    """What knows the BLAS libraries of this process; it takes a while to look for them."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
