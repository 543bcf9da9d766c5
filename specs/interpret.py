"""What numbers mean to people: tokenizers in, names and words out. Data only."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from boxwork.specs.pieces import PieceFile


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """Text to whole numbers: the id of a letter, word or piece is its place in ``symbols``.

    A ``shared`` one is that of the input ``of``, with its own start and end. ``subwords`` are
    made by what stands in a ``file``.
    """

    kind: Literal["characters", "words", "subwords", "shared"]
    symbols: tuple[str, ...] = ()
    unknown: str | None = None
    start: str | None = None
    end: str | None = None
    lower: bool = False
    of: str = ""
    file: PieceFile | None = None

    @property
    def things(self) -> str:
        """What its symbols are called."""
        return {"characters": "letters", "words": "words"}.get(self.kind, "pieces")


@dataclass(frozen=True, slots=True)
class Names:
    """What each number stands for: the features of an input, the classes of an output."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Next:
    """An output that scores what follows on an input, with that input's tokenizer."""

    of: str


@dataclass(frozen=True, slots=True)
class Interpretation:
    """Every reading of every input and output; several of one stand side by side."""

    inputs: dict[str, tuple[Tokenizer | Names, ...]] = field(default_factory=dict)
    outputs: dict[str, tuple[Names | Next, ...]] = field(default_factory=dict)

    def tokenizer(self, name: str) -> Tokenizer | None:
        """The tokenizer of an input; None if it has none, or it comes with the weights."""
        own = next((r for r in self.inputs.get(name, ()) if isinstance(r, Tokenizer)), None)
        if own is None or own.kind != "shared":
            return own
        base = self.tokenizer(own.of)
        if base is None:
            return None
        start, end = own.start or base.start, own.end or base.end
        return replace(base, start=start, end=end, of=own.of)

    def next_of(self, output: str) -> str | None:
        """The input that an output scores the continuation of."""
        found = (r.of for r in self.outputs.get(output, ()) if isinstance(r, Next))
        return next(found, None)
