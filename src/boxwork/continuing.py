"""What a model does beyond one run: it goes on from a prompt."""

from __future__ import annotations

import sys
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from boxwork import arguments

if TYPE_CHECKING:
    from boxwork.generation import Continuation, Generation
    from boxwork.specs.diagnostics import Diagnostic


class Continuing(ABC):
    """The part of a model that generates."""

    @abstractmethod
    def _begin(self, values: Sequence[Any], by_name: Mapping[str, Any]) -> Generation:
        """The model with inputs given in order and by name."""

    def generate(
        self,
        /,
        *values: Any,
        max_new: int = 64,
        temperature: float | None = None,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int = 0,
        **by_name: Any,
    ) -> Iterator[int]:
        """The tokens that follow on a prompt, one after another as they are found.

        Inputs are given as to a call; a prompt may be left out if the tokenizer has a start.
        The likeliest token is chosen, unless one of the next three asks for chance.

        Args:
            *values: the inputs in order.
            max_new: how many tokens at most; the tokenizer's end ends it before.
            temperature: below 1 the likely tokens become likelier, above 1 less so.
            top_k: only so many of the likeliest are drawn from.
            top_p: only the fewest tokens whose chances add up to this are drawn from.
            seed: what is drawn by.
            **by_name: the inputs by name.

        Raises:
            DataError: if the spec says of no output that it scores what comes next, or an
                input does not fit.
        """
        from boxwork.engines.generation.choose import Choosing

        how = Choosing(temperature, top_k, top_p, seed)
        most = arguments.count(max_new, "max_new")
        return self._begin(values, by_name).tokens(how, most)

    def generate_text(
        self,
        /,
        *values: Any,
        max_new: int = 64,
        temperature: float | None = None,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int = 0,
        stop: str = "",
        **by_name: Any,
    ) -> Iterator[str]:
        """The same as pieces of text, without the prompt; it ends before the text ``stop``.

        Raises:
            DataError: also if the input has no tokenizer.
        """
        from boxwork.engines.generation.choose import Choosing

        how = Choosing(temperature, top_k, top_p, seed)
        most = arguments.count(max_new, "max_new")
        begun = self._begin(values, by_name)
        begun.require_text()
        return begun.text(begun.tokens(how, most), stop)

    def continuations(
        self,
        /,
        *values: Any,
        beams: int = 5,
        max_new: int = 64,
        length_penalty: float = 0.0,
        stop: str = "",
        **by_name: Any,
    ) -> list[Continuation]:
        """The likeliest continuations by beam search, the best first, with their scores.

        Args:
            *values: the inputs in order.
            beams: how many are followed, and given back.
            max_new: how many tokens each has at most.
            length_penalty: scores are divided by the length to this power: 0 leaves them, 1
                makes them means, so that long ones have a chance.
            stop: a continuation ends before this text.
            **by_name: the inputs by name.
        """
        count, most = arguments.count(beams, "beams", 1), arguments.count(max_new, "max_new")
        begun = self._begin(values, by_name)
        if stop:
            begun.require_text()
        return begun.best(count, most, arguments.number(length_penalty, "length_penalty"), stop)


def warned(diagnostic: Diagnostic) -> None:
    """A warning of Python's, told of the line outside of boxwork that led to it."""
    level, frame = 1, sys._getframe()
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == "boxwork":
        level, frame = level + 1, frame.f_back
    warnings.warn(f"{diagnostic.code}: {diagnostic.message}", stacklevel=level)
