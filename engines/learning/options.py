"""How to train: a record of choices, and what is chosen where nothing is said."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from operator import index
from typing import Any

from boxwork.engines.learning.optimise import OPTIMISERS
from boxwork.engines.learning.schedule import SCHEDULES, rate_at
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.hints import did_you_mean

CODE = "BW466"
STEPS, BATCH = 600, 16
RATE, SMALL, LARGE = 3e-3, 1e4, 1e6  # AdamW: for so many parameters
FASTEST = 0.02
PLAIN_RATES = {"sgd": 0.1, "momentum": 0.02, "nesterov": 0.02}
WARMUP, MOST_WARMUP = 0.1, 100  # a part of the steps, and the most of it

_WHOLE = {"steps": 1, "epochs": 1, "batch": 1, "length": 1, "warmup": 0, "seed": 0}  # from
_PARTS = ("momentum", "floor")  # from 0 to 1
_AMOUNTS = ("rate", "decay", "clip")  # from 0
_WORDS: dict[str, Mapping[str, object]] = {"optimiser": OPTIMISERS, "schedule": SCHEDULES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Choices of a training; ``None`` means that boxwork chooses.

    ``steps`` or ``epochs``: how long. ``batch``: examples in a step. ``length``: tokens in a
    window of text (the spec's context). ``rate``: 0.003 for AdamW and from ten thousand to a
    million parameters, beyond that falling with the cube root of their number, which is near
    what Brown et al. 2020 used (table 2.1); networks that are smaller learn faster, up to
    0.02. ``momentum``: AdamW's first beta, too. ``decay``: see `Optimiser`. ``warmup``: steps
    until the full rate. ``floor``: the part of the rate that is left at the end. ``clip``:
    the longest gradient, 0 for any. ``seed``: of batches and dropout.
    """

    steps: int | None = None
    epochs: int | None = None
    batch: int | None = None
    length: int | None = None
    rate: float | None = None
    optimiser: str = "adamw"
    momentum: float = 0.9
    decay: float = 0.01
    warmup: int | None = None
    schedule: str = "cosine"
    floor: float = 0.1
    clip: float = 1.0
    seed: int = 0

    @classmethod
    def of(cls, chosen: Mapping[str, Any]) -> Options:
        """The choices by name.

        Raises:
            DataError: if there is no such choice, or it cannot be.
        """
        known = [field.name for field in fields(cls)]
        unknown = [name for name in chosen if name not in known]
        if unknown:
            raise DataError(
                Diagnostic(CODE, f"no option of a training is `{name}`", help=_near(name, known))
                for name in unknown
            )
        return cls(**chosen)

    def __post_init__(self) -> None:
        wrong = [
            d for field in fields(self) if (d := _wrong(field.name, getattr(self, field.name)))
        ]
        if self.steps is not None and self.epochs is not None:
            wrong.append(Diagnostic(CODE, "steps and epochs are both given", help="give one"))
        if wrong:
            raise DataError(wrong)
        for name in (*_WHOLE, *_PARTS, *_AMOUNTS):  # NumPy's numbers too, as plain ones
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, index(value) if name in _WHOLE else float(value))

    def resolved(self, per_epoch: int, parameters: int) -> Options:
        """The same with nothing left open, for so many steps in an epoch and parameters."""
        steps = self.steps or (self.epochs * per_epoch if self.epochs else STEPS)
        rate = self.rate if self.rate is not None else usual_rate(self.optimiser, parameters)
        warmup = self.warmup
        if warmup is None:
            warmup = min(int(WARMUP * steps), MOST_WARMUP)
        return replace(self, steps=steps, epochs=None, rate=rate, warmup=warmup)

    def rate_at(self, step: int) -> float:
        """The rate of a step, once nothing is open."""
        assert self.steps is not None
        assert self.rate is not None
        return rate_at(
            step,
            steps=self.steps,
            rate=self.rate,
            schedule=self.schedule,
            warmup=self.warmup or 0,
            floor=self.floor,
        )

    def facts(self) -> dict[str, Any]:
        """The choices by name."""
        return asdict(self)


def usual_rate(optimiser: str, parameters: int) -> float:
    """The rate that is chosen where none is given."""
    if optimiser in PLAIN_RATES:
        return PLAIN_RATES[optimiser]
    nearest = min(max(parameters, SMALL), LARGE)
    return float(f"{min(RATE * (nearest / max(parameters, 1)) ** (1 / 3), FASTEST):.2g}")


def _wrong(name: str, value: Any) -> Diagnostic | None:
    """What is wrong with one choice."""
    if name in _WORDS:
        if isinstance(value, str) and value in _WORDS[name]:
            return None
        message = f"the {name} is one of {', '.join(_WORDS[name])}, not {value!r}"
        return Diagnostic(CODE, message, help=did_you_mean(str(value), _WORDS[name]))
    if name in _WHOLE:
        least = _WHOLE[name]
        if value is None and name != "seed":
            return None
        if (whole := _whole(value)) is None or whole < least:
            return Diagnostic(CODE, f"{name} is a whole number from {least}, not {value!r}")
        return None
    if value is None and name == "rate":
        return None
    number = _number(value)
    if name == "momentum" and not (number is not None and 0 <= number < 1):
        return Diagnostic(CODE, f"{name} is a number from 0 and below 1, not {value!r}")
    if name in _PARTS and not (number is not None and 0 <= number <= 1):
        return Diagnostic(CODE, f"{name} is a number from 0 to 1, not {value!r}")
    if name in _AMOUNTS and not (number is not None and number >= 0):
        return Diagnostic(CODE, f"{name} is a number from 0, not {value!r}")
    return None


def _near(name: str, known: list[str]) -> str:
    return did_you_mean(name, known) or f"known: {', '.join(known)}"


def _whole(value: Any) -> int | None:
    """A whole number, or None."""
    if isinstance(value, bool):
        return None
    try:
        return index(value)
    except TypeError:
        return None


def _number(value: Any) -> float | None:
    """A finite number, or None."""
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
