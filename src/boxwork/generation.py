"""Text or ids that a model goes on with: a prompt made ready, tokens and text as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from boxwork.engines.generation.beams import search
from boxwork.engines.generation.choose import Chooser, Choosing
from boxwork.engines.generation.session import Session, checked
from boxwork.engines.generation.target import Target, prompt, target
from boxwork.engines.running.numpy import Model
from boxwork.engines.tokens.tokenizers import Tokenizer, input_tokenizer
from boxwork.graphs.graph import Graph
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.interpret import Interpretation
from boxwork.texts import encoded

CODE = "BW441"
PAD = "<pad>"
UNFINISHED = "\ufffd"  # what stands for the first bytes of a letter


@dataclass(frozen=True, slots=True)
class Continuation:
    """One way to go on: its tokens, its text (None without a tokenizer), how it scored.

    The score is the sum of the logarithms of the tokens' chances, that of the end among them.
    """

    tokens: tuple[int, ...]
    text: str | None
    score: float


@dataclass(frozen=True, slots=True)
class Start:
    """What is gone on from: the inputs as numbers, the prompt among them as a list of ids."""

    to: Target
    tokenizer: Tokenizer | None
    values: Mapping[str, Any]
    prompt: list[int]

    @property
    def end(self) -> int | None:
        """The token that ends a text."""
        end = self.tokenizer.declared.end if self.tokenizer else None
        return self.tokenizer.ids[end] if self.tokenizer and end is not None else None


def start(
    graph: Graph,
    interpretation: Interpretation,
    given: Mapping[str, Any],
    tell: Callable[[Diagnostic], None],
) -> Start:
    """The inputs by name, text or numbers, made ready; without a prompt the start token is one.

    Raises:
        DataError: if the spec says of no output that it scores what comes next, or an input
            does not fit.
    """
    to = target(graph, interpretation)
    values = encoded(graph, interpretation, given)
    tokenizer = input_tokenizer(graph, interpretation, to.input)
    ids = prompt(graph, to, _first(to, tokenizer, values))
    ids = _wide(to, tokenizer, ids, tell)
    values = {**values, to.input: ids}
    checked(graph, to, values)
    return Start(to, tokenizer, values, ids)


class Generation:
    """A model and what it goes on from; it is gone on with once."""

    def __init__(self, model: Model, begin: Start, tell: Callable[[Diagnostic], None]) -> None:
        self.tokenizer, self.prompt, self.end = begin.tokenizer, begin.prompt, begin.end
        self.session = Session(model, begin.to, begin.values, tell)

    @property
    def begun(self) -> str:
        """The prompt as text."""
        return self._text(self.prompt)

    def tokens(self, how: Choosing, most: int) -> Iterator[int]:
        """One token after another, up to ``most``, until the tokenizer's end."""
        choose, row = Chooser(how), list(self.prompt)
        for _ in range(most):
            token = choose(self.session.scores(np.asarray([row], np.int64))[0])
            if token == self.end:
                return
            row.append(token)
            yield token

    def text(self, tokens: Iterable[int], stop: str = "") -> Iterator[str]:
        """What tokens add to the text, as soon as it is certain; it ends before ``stop``."""
        seen, told, text = list(self.prompt), 0, ""
        begun = len(self.begun)
        for token in tokens:
            seen.append(token)
            text = self._text(seen)[begun:]
            if stop and stop in text:
                text = text[: text.index(stop)]
                break
            certain = len(text) - _uncertain(text, stop)
            if certain > told:
                yield text[told:certain]
                told = certain
        if text[told:]:
            yield text[told:]

    def best(self, count: int, most: int, power: float = 0.0, stop: str = "") -> list[Continuation]:
        """The likeliest continuations by beam search, the best first."""
        begun = len(self.begun) if self.tokenizer else 0

        def done(tokens: Sequence[int]) -> bool:
            return bool(stop) and stop in self._text([*self.prompt, *tokens])[begun:]

        found = search(self.session, self.prompt, count, most, end=self.end, done=done, power=power)
        return [
            Continuation(
                beam.tokens,
                "".join(self.text(beam.tokens, stop)) if self.tokenizer else None,
                beam.score(power),
            )
            for beam in found
        ]

    def require_text(self) -> None:
        """Refuse to give text where the spec names no tokenizer."""
        if self.tokenizer is None:
            name = self.session.to.input
            message = f"{name} has no tokenizer, so what is generated are ids, not text"
            hint = f"name one in the spec: interpret: {{{name}: {{tokenizer: …}}}}"
            raise DataError([Diagnostic("BW443", message, help=hint)])

    def _text(self, tokens: Sequence[int]) -> str:
        assert self.tokenizer is not None
        return self.tokenizer.decode(tokens)


def _first(to: Target, tokenizer: Tokenizer | None, values: Mapping[str, Any]) -> Any:
    """What was given as a prompt, or the token that every text starts with."""
    value = values.get(to.input)
    if value is not None and (not hasattr(value, "__len__") or len(value)):
        return value
    start = tokenizer.declared.start if tokenizer else None
    if tokenizer is not None and start is not None and value is None:
        return [tokenizer.ids[start]]
    message = f"there is nothing to go on from: {to.input} needs at least one token"
    example = '"some text"' if tokenizer else "[1,2,3]"
    hint = f"give a prompt: --prompt {example}, or {to.input}={example} in Python"
    raise DataError([Diagnostic(CODE, message, help=hint)])


def _wide(
    to: Target, tokenizer: Tokenizer | None, ids: list[int], tell: Callable[[Diagnostic], None]
) -> list[int]:
    """A prompt as wide as the input, if that is fixed; filled up if there is a pad token."""
    missing = (to.width or 0) - len(ids)
    if missing <= 0:
        return ids
    what = "letters" if tokenizer and tokenizer.letters else "tokens"
    said = f"{to.input} takes {to.width} {what}, and the prompt has {len(ids)}"
    pad = tokenizer.ids.get(PAD) if tokenizer else None
    if pad is None:
        raise DataError([Diagnostic(CODE, f"{said}: {missing} more are needed")])
    tell(Diagnostic("BW911", f"{said}: {missing} {PAD} were put before it"))
    return [pad] * missing + ids


def _uncertain(text: str, stop: str) -> int:
    """How many of the last letters may change yet, or be the beginning of ``stop``."""
    whole = text.rstrip(UNFINISHED)
    begun = next((n for n in range(len(stop) - 1, 0, -1) if whole.endswith(stop[:n])), 0)
    return len(text) - len(whole) + begun
