"""The gradients of one use of a block: its own, and by finite differences."""

from __future__ import annotations

from typing import Any

import numpy as np

from boxwork.blocks.context import Saved
from tests.blocks.harness import Arrays, Use

STEP = 3e-5
# f'(x) from f(x + k * STEP): five points, exact up to the fifth power
STENCIL = {-2: 1 / 12, -1: -8 / 12, 1: 8 / 12, 2: -1 / 12}
Found = dict[str, list[Any]]


def upstream(use: Use, arrays: Arrays, seed: int, **given: Any) -> dict[str, np.ndarray | None]:
    """Random gradients of the outputs; sometimes nothing flows through one of several."""
    rng = np.random.default_rng(seed)
    outputs = use.run(arrays, **given)
    real = {n: a for n, a in outputs.items() if a is not None and a.dtype.kind == "f"}
    found = {n: rng.normal(size=a.shape).astype(a.dtype) for n, a in real.items()}
    left_out = rng.choice([*found]) if len(found) > 1 and rng.random() < 0.6 else None
    return {name: None if name == left_out else found.get(name) for name in outputs}


def backward(
    use: Use, arrays: Arrays, dy: dict[str, Any], body: str = "kernel", **given: Any
) -> Found:
    """The gradients by port and by ``.parameter``, summed as the engine sums them.

    All arrays that the block is given are read-only.
    """
    needed = tuple(port.name for port in use.block.inputs())
    cx, own, values = use.prepared(arrays, **{"needed": needed} | given)
    _freeze([values, list(vars(own).values())])
    outputs = getattr(use.block, body)(cx, own, *values)
    several = outputs if isinstance(outputs, tuple) else (outputs,)
    _freeze([list(several), list(cx.kept.values()), list(dy.values())])
    flows = tuple(dy.values()) if isinstance(outputs, tuple) else next(iter(dy.values()))
    found = use.block.backward(cx, own, Saved(tuple(values), several, cx.kept), flows)
    ports = [port for port in use.block.inputs() if port.type.kind != "shape"]
    given_back: Found = {}
    for port, value, gradient in zip(ports, values, found.inputs, strict=True):
        wires = value if port.many else () if value is None else (value,)
        each = gradient if port.many else (gradient,) * len(wires)
        given_back[port.name] = [_fit(g, v) for g, v in zip(each, wires, strict=True)]
    for name, gradient in found.parameters.items():
        given_back[f".{name}"] = [_fit(gradient, vars(own)[name])]
    return given_back


def slope(
    use: Use,
    arrays: Arrays,
    at: tuple[str, int],
    along: np.ndarray,
    dy: dict[str, Any],
    **given: Any,
) -> float:
    """How fast the outputs, weighed by dy, change with one array along a direction."""
    change: dict[str, Any] = {name: 0.0 for name, g in dy.items() if g is not None}
    for steps, weight in STENCIL.items():
        outputs = use.run(moved(arrays, at, steps * along), **given)
        # number by number: the difference of two large sums would be mostly rounding
        change = {name: each + weight * outputs[name] for name, each in change.items()}
    return sum(float((each * dy[name]).sum()) for name, each in change.items()) / STEP


def moved(arrays: Arrays, at: tuple[str, int], along: np.ndarray) -> Arrays:
    """The same arrays, one of them as many steps further as there are along it."""
    key, wire = at
    found = {name: list(several) for name, several in arrays.items()}
    found[key][wire] = found[key][wire] + STEP * along
    return found


def jumps(use: Use, arrays: Arrays, at: tuple[str, int], along: np.ndarray, **given: Any) -> bool:
    """Whether other numbers of an output are 0 somewhere on the way that ``slope`` looks at."""
    runs = [use.run(moved(arrays, at, steps * along), **given) for steps in (0, *STENCIL)]
    nonzero = [{name: y != 0 for name, y in run.items()} for run in runs]
    return any((each[name] != y).any() for each in nonzero for name, y in nonzero[0].items())


def directions(rng: np.random.Generator, shape: tuple[int, ...]) -> list[np.ndarray]:
    """One in which every number moves, and some in which a single one does."""
    found = [rng.normal(size=shape)]
    for place in rng.permutation(found[0].size)[:4]:
        single = np.zeros(found[0].size)
        single[place] = 1.0
        found.append(single.reshape(shape))
    return found


def _fit(gradient: Any, value: np.ndarray) -> Any:
    """Sum a gradient over the batch axes that the value has not."""
    if gradient is None:
        return None
    extra = gradient.ndim - value.ndim
    assert gradient.shape[extra:] == value.shape
    return gradient.sum(axis=tuple(range(extra)))


def _freeze(arrays: Any) -> None:
    if isinstance(arrays, list | tuple):
        for each in arrays:
            _freeze(each)
    elif isinstance(arrays, np.ndarray):
        arrays.flags.writeable = False
