"""Running a plan: one step after another, values dropped after their last reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from boxwork.blocks.block import Block, BlockError
from boxwork.blocks.forms import SizeError
from boxwork.engines.planning.memory import peak, require
from boxwork.engines.planning.plan import NOWHERE, Inside, Plan, Step
from boxwork.engines.running import held, side
from boxwork.engines.running.context import Run, StepContext
from boxwork.specs.diagnostics import DataError, Diagnostic

Array = Any
NUMPY = ("numpy", "array_api_compat.numpy")


class PaddingError(Exception):
    """A block that would mix padding into its output; the samples must run apart."""


def bind(plan: Plan, arrays: Mapping[str, Array], xp: Any) -> tuple[SimpleNamespace, ...]:
    """The parameters of each step, as attributes; arrays by the paths that own them."""
    return tuple(
        SimpleNamespace(
            **{
                use.name: xp.matrix_transpose(arrays[use.path])
                if use.transpose
                else arrays[use.path]
                for use in step.uses
            }
        )
        for step in plan.steps
    )


def run(
    plan: Plan, bound: Sequence[SimpleNamespace], values: Mapping[str, Array], at: Run
) -> dict[str, Array]:
    """The values at the paths that the plan was made for."""
    slots: list[Array | None] = [None] * plan.slots
    for name, slot in plan.inputs.items():
        slots[slot] = values[name]
    for step, parameters in zip(plan.steps, bound, strict=True):
        result = run_step(StepContext(at, step), parameters, taken(step, slots))
        for (_, slot), value in zip(step.writes, result, strict=True):
            if slot != NOWHERE:
                slots[slot] = value
        for slot in step.frees:
            slots[slot] = None
    return {path: slots[slot] for path, slot in plan.asked.items()}


def _copy(
    inside: Inside, arrays: Mapping[str, Array], values: Mapping[str, Array], at: Run
) -> tuple[dict[str, Array], Any]:
    """One of the copies side by side; nothing of it is kept."""
    return run(inside.plan, bind(inside.plan, arrays, at.xp), values, at), None


def taken(step: Step, slots: Sequence[Array | None]) -> list[Any]:
    """The arguments of a step's ``forward``, from the slots that it reads."""
    return [
        tuple(slots[slot] for slot in read)
        if isinstance(read, tuple)
        else None
        if read is None
        else slots[read]
        for read in step.reads
    ]


def run_step(
    cx: StepContext, parameters: SimpleNamespace, arguments: list[Any]
) -> tuple[Array, ...]:
    """The outputs of one step, one for each of its ports."""
    at, step = cx.run, cx.step
    if step.inside is not None:
        return side.Beside(cx, step.inside, arguments).run(parameters, _copy)
    try:
        result = _body(step, at.xp)(cx, parameters, *arguments)
    except (BlockError, ValueError, ArithmeticError, LookupError) as error:
        if at.lengths:
            raise PaddingError from error
        message = f"{cx.path} ({step.primitive.name}) cannot run on this: {error}"
        hint = error.help if isinstance(error, BlockError) else ""
        raise DataError([Diagnostic("BW411", message, help=hint)]) from error
    except MemoryError as error:
        message = f"the memory is not enough for {cx.path} ({step.primitive.name})"
        hint = "give fewer or shorter sequences at a time"
        raise DataError([Diagnostic("BW420", message, help=hint)]) from error
    except Exception as error:
        if held.is_own(step):
            raise
        if at.lengths:
            raise PaddingError from error
        raise held.failed(step, error, len(arguments)) from error
    if at.lengths and cx.overlooked():
        raise PaddingError
    outputs = result if isinstance(result, tuple) else (result,)
    if not held.is_own(step):
        _hold(step, outputs, arguments, at)
    return outputs


def _body(step: Step, xp: Any) -> Callable[..., Any]:
    """What computes a step: on NumPy the kernel of its block, which is quicker."""
    block = step.primitive.block
    own = type(block).kernel is not Block.kernel and xp.__name__ in NUMPY
    return block.kernel if own else block.forward


def _hold(step: Step, outputs: tuple[Any, ...], arguments: list[Any], at: Run) -> None:
    """Hold an added block to its declaration; if samples are padded, first without padding."""
    try:
        held.hold(step, outputs, arguments, at)
    except DataError as error:
        if at.lengths:
            raise PaddingError from error
        raise


def hold_memory(plan: Plan, at: Run, samples: int, itemsize: int) -> None:
    """Refuse a run whose values cannot fit."""
    try:
        size, path = peak(plan, at.size, samples, itemsize)
    except SizeError as error:
        if at.lengths:  # the samples apart tell whose length it is
            raise PaddingError from error
        message = f"these lengths do not fit: {error}"
        raise DataError([Diagnostic("BW411", message)]) from error
    require(size, f"this run (at {path})", "give fewer or shorter sequences at a time")
