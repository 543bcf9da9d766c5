"""How fast to learn at each step: warm-up, then constant, linear or cosine down to a floor."""

from __future__ import annotations

import math
from collections.abc import Callable

# Which part of the way from the floor to the full rate, once a part of the steps is done.
SCHEDULES: dict[str, Callable[[float], float]] = {
    "cosine": lambda done: 0.5 * (1 + math.cos(math.pi * done)),
    "linear": lambda done: 1 - done,
    "constant": lambda done: 1.0,
}


def rate_at(
    step: int, *, steps: int, rate: float, schedule: str, warmup: int = 0, floor: float = 0.0
) -> float:
    """The rate of a step, counted from 0.

    Over ``warmup`` steps it rises in a straight line to ``rate``; from there to the last step
    it falls to ``floor * rate`` as the schedule says.

    Source: Loshchilov & Hutter 2017, equation 5 (cosine); Vaswani et al. 2017, 5.3 (warm-up)
    """
    if step < warmup:
        return rate * (step + 1) / warmup
    left = max(steps - warmup - 1, 1)
    part = SCHEDULES[schedule](min((step - warmup) / left, 1.0))
    return rate * (floor + (1 - floor) * part)
