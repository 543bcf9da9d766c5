"""Blocks of users and plug-ins held to their declarations, each time they run or learn."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from traceback import extract_tb
from typing import Any

from boxwork.blocks.context import Gradients, Saved
from boxwork.blocks.types import WireType
from boxwork.engines.planning.plan import Step
from boxwork.engines.running.context import Run, StepContext
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.hints import shorten

Array = Any
OWN = "boxwork.blocks."


def is_own(step: Step) -> bool:
    """Whether boxwork's own tests hold the block of a step already."""
    return type(step.primitive.block).__module__.startswith(OWN)


def failed(step: Step, error: Exception, count: int) -> DataError:
    """What is said when ``forward`` raises something that no block should."""
    frames = extract_tb(error.__traceback__)[1:]
    if isinstance(error, TypeError) and not frames:  # the call itself
        names = [p.name for p in step.primitive.block.inputs() if p.type.kind != "shape"]
        takes = ", ".join(["self", "cx", "p", *names])
        message = f"forward cannot be called with its {count} inputs: {error}"
        return _error(step, message, f"declare it as `def forward({takes})`")
    return _raised(step, "forward", error)


def _raised(step: Step, what: str, error: Exception) -> DataError:
    frames = extract_tb(error.__traceback__)[1:]
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    said = shorten(str(error), 200)
    return _error(step, f"{what} raises {type(error).__name__}: {said}{where}")


def hold(step: Step, result: Sequence[Any], arguments: Sequence[Any], at: Run) -> None:
    """Raise a DataError unless there is one array for each output, each as it is declared."""
    ports = step.primitive.block.output_ports()
    if len(result) != len(ports):
        names = ", ".join(port.name for port in ports)
        wanted = f"{len(ports)} ({names})" if ports else "none"
        hint = "return a tuple with one array for each of several outputs, one array if it is one"
        raise _error(step, f"forward gives {len(result)} outputs, and {wanted} are declared", hint)
    batch = _batch(step, arguments)
    for port, value in zip(ports, result, strict=True):
        wire = step.primitive.outputs.get(port.name)
        if wire is None or (value is None and port.optional and port.name not in step.wanted):
            continue
        if not (hasattr(value, "shape") and hasattr(value, "dtype")):
            message = f"forward gives {_what(value)} for {_declared(port.name, wire)}"
            raise _error(step, message, "return an array, such as `cx.xp.asarray(…)`")
        _hold_shape(step, port.name, wire, value, batch, at)
        _hold_kind(step, port.name, wire, value, at)


def _batch(step: Step, arguments: Sequence[Any]) -> tuple[int, ...] | None:
    """The batch axes of what a step reads, the most there are; None if it reads nothing."""
    found: list[tuple[int, ...]] = []
    inputs = (p for p in step.primitive.block.inputs() if p.type.kind != "shape")
    for port, argument in zip(inputs, arguments, strict=True):
        if argument is None:
            continue
        values = argument if isinstance(argument, tuple) else (argument,)
        for wire, value in zip(step.primitive.inputs.get(port.name, ()), values, strict=False):
            found.append(tuple(value.shape[: value.ndim - len(wire.dims)]))
    return max(found, key=len, default=None)


def _hold_shape(
    step: Step, name: str, wire: WireType, value: Array, batch: tuple[int, ...] | None, at: Run
) -> None:
    sizes = tuple(at.size(dim) for dim in wire.dims)
    cut = len(value.shape) - len(sizes)
    axes = tuple(value.shape[: max(cut, 0)])
    if cut >= 0 and tuple(value.shape[cut:]) == sizes and batch in (None, axes):
        return
    wanted = f"{(*(batch or ()), *sizes)}"
    some = f", with {len(batch)} batch {'axis' if len(batch) == 1 else 'axes'}" if batch else ""
    message = f"forward gives the shape {tuple(value.shape)} for {_declared(name, wire)}"
    hint = "axes before the declared ones are batch axes: count axes from the end, axis=-1"
    raise _error(step, f"{message}: here {wanted}{some}", hint if batch else "")


def _hold_kind(step: Step, name: str, wire: WireType, value: Array, at: Run) -> None:
    declared = _declared(name, wire)
    if wire.kind == "real":
        if value.dtype != at.dtype:
            message = f"forward gives {value.dtype} for {declared}: this run computes in "
            hint = f"return `cx.xp.astype({name}, cx.dtype)`"
            raise _error(step, f"{message}{_name(at.dtype)}", hint)
        return
    if not at.xp.isdtype(value.dtype, "integral"):
        hint = f"return `cx.xp.astype({name}, cx.xp.int64)`"
        raise _error(step, f"forward gives {value.dtype} for {declared}: whole numbers", hint)
    if wire.bound is None or at.lengths or 0 in value.shape:
        return
    bound, low, high = at.size(wire.bound), int(at.xp.min(value)), int(at.xp.max(value))
    if low < 0 or high >= bound:
        odd = low if low < 0 else high
        message = f"forward gives {odd} for {declared}, whose numbers go from 0 to {bound - 1}"
        raise _error(step, message)


def gradients(
    cx: StepContext, parameters: Any, saved: Saved, dy: Any, trained: Collection[str]
) -> Gradients:
    """What ``backward`` of an added block gives, held to what was given to ``forward``.

    Raises:
        DataError: if it raises, or gives no gradient of the right shape and kind for each input
            (None for some) and each parameter that is trained.
    """
    step = cx.step
    try:
        found: Any = step.primitive.block.backward(cx, parameters, saved, dy)
    except Exception as error:
        raise _raised(step, "backward", error) from error
    if not isinstance(found, Gradients):
        hint = (
            "return `bw.Gradients((dx,), {…})`: of the inputs in order, of the parameters by name"
        )
        raise _error(step, f"backward gives {_what(found)}, not Gradients", hint)
    for name, value, gradient in _of_inputs(step, saved, found):
        _hold_gradient(cx, name, value, gradient)
    for name in trained:
        if found.parameters.get(name) is None:
            message = f"backward gives no gradient of the parameter {name}"
            raise _error(step, message, f"return `bw.Gradients(…, {{{name!r}: …}})`")
        _hold_gradient(cx, name, getattr(parameters, name), found.parameters[name])
    return found


def _of_inputs(step: Step, saved: Saved, found: Gradients) -> Iterator[tuple[str, Any, Any]]:
    """The name of each input, a value of it and the gradient of that."""
    if len(found.inputs) != len(saved.inputs):
        message = f"backward gives {len(found.inputs)} gradients for {len(saved.inputs)} inputs"
        raise _error(step, message, "give None for an input through which nothing flows")
    ports = (port for port in step.primitive.block.inputs() if port.type.kind != "shape")
    for port, value, gradient in zip(ports, saved.inputs, found.inputs, strict=True):
        if not isinstance(value, tuple) or gradient is None:
            yield port.name, value, gradient
        elif isinstance(gradient, tuple) and len(gradient) == len(value):
            yield from ((port.name, *pair) for pair in zip(value, gradient, strict=True))
        else:
            message = f"backward gives {_what(gradient)} for the {len(value)} wires of {port.name}"
            raise _error(step, message, "give a tuple with one gradient for each of them")


def _hold_gradient(cx: StepContext, name: str, value: Array, gradient: Array) -> None:
    """A gradient is shaped as its value, though it may have batch axes that the value lacks."""
    if value is None or gradient is None:
        return
    if not (hasattr(gradient, "shape") and hasattr(gradient, "dtype")):
        raise _error(cx.step, f"backward gives {_what(gradient)} for {name}", "return an array")
    cut = len(gradient.shape) - len(value.shape)
    if cut < 0 or tuple(gradient.shape[cut:]) != tuple(value.shape):
        message = f"backward gives the shape {tuple(gradient.shape)} for {name}, which is "
        raise _error(cx.step, f"{message}{tuple(value.shape)}")
    if gradient.dtype != cx.dtype:
        message = f"backward gives {gradient.dtype} for {name}: this run computes in "
        raise _error(cx.step, f"{message}{_name(cx.dtype)}")


def _declared(name: str, wire: WireType) -> str:
    return f"{name}, which is declared {wire.named()}"


def _name(dtype: Any) -> str:
    return str(getattr(dtype, "__name__", dtype)).rpartition(".")[2]


def _what(value: Any) -> str:
    if value is None:
        return "nothing (None)"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _error(step: Step, message: str, hint: str = "") -> DataError:
    where = f"{step.path} ({step.primitive.name})"
    return DataError([Diagnostic("BW412", f"{where}: {message}", help=hint)])
