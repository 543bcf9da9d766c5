"""Pairs to train on: a source and its target in each line, a tab between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from boxwork.engines.feeding import inputs
from boxwork.engines.learning.corpus import next_input, strangers
from boxwork.engines.learning.dataset import Dataset, Shuffled
from boxwork.engines.learning.goal import Goal, hold_tokens, unsuited
from boxwork.engines.tokens.tokenizers import Tokenizer
from boxwork.specs.diagnostics import DataError, Diagnostic, Source, Span

Array = np.ndarray[Any, Any]
TAB = "\t"
SEPARATORS = ("<SEP>", "<sep>", "[SEP]", TAB)
MAX_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Pair:
    """The two sides of a line, as pieces of the file."""

    source: Span
    target: Span


def pairs(goal: Goal, file: Source) -> Dataset:
    """Every line as an example.

    A spec with two inputs reads the source whole, and the target up to each of its tokens;
    the next one is wanted, at last its end. One with a single input reads both in one row,
    with a separator of its vocabulary between them: ``<SEP>``, or a tab.

    Raises:
        DataError: with every line that is wrong.
    """
    maker = _both(goal) if len(goal.inputs) > 1 else _one_row(goal)
    lines = list(_lines(file))
    examples = maker.examples(lines)
    _hold_lengths(goal, lines, examples)
    names = examples[0].keys()
    return Shuffled({name: [one[name] for one in examples] for name in names})


def _lines(file: Source) -> Iterator[Pair]:
    """The pairs of a file; lines that are blank are passed over."""
    wrong: list[Diagnostic] = []
    found: list[Pair] = []
    start = 0
    for line in file.text.split("\n"):
        span = Span(file, start, start + len(line))
        start += len(line) + 1
        if not line.strip():
            continue
        sides = line.split(TAB)
        if len(sides) == 2 and all(side.strip() for side in sides):
            found.append(_pair(span, sides[0]))
        else:
            wrong.append(_no_pair(span, sides))
    if wrong:
        left = len(wrong) - MAX_SHOWN
        more = [Diagnostic("BW461", f"{left} more lines of {file.name} are no pairs")]
        raise DataError([*wrong[:MAX_SHOWN], *(more if left > 0 else ())])
    if not found:
        mend = "write a line for each: the source, a tab, the target"
        raise DataError([Diagnostic("BW461", f"there is no pair in {file.name}", help=mend)])
    yield from found


def _pair(line: Span, source: str) -> Pair:
    tab = line.start + len(source)
    return Pair(
        _trimmed(Span(line.source, line.start, tab)), _trimmed(Span(line.source, tab + 1, line.end))
    )


def _trimmed(span: Span) -> Span:
    """A span without the white space at its ends."""
    text = text_of(span)
    start = span.start + len(text) - len(text.lstrip())
    return Span(span.source, start, start + len(text.strip()))


def _no_pair(line: Span, sides: list[str]) -> Diagnostic:
    hint = "write each pair as a line: the source, a tab, the target"
    if len(sides) == 1:
        message = "there is no tab in this line"
    elif len(sides) > 2:
        message = f"there are {len(sides) - 1} tabs in this line, and a pair has one"
    else:
        message = f"the {'source' if not sides[0].strip() else 'target'} of this line is empty"
    return Diagnostic("BW461", message, line, help=hint)


def text_of(span: Span) -> str:
    """What stands in a span."""
    return span.source.text[span.start : span.end]


@dataclass(frozen=True)
class _Both:
    """An encoder reads the source, a decoder the target, shifted by its start."""

    goal: Goal
    source: str
    target: str

    def examples(self, lines: list[Pair]) -> list[dict[str, Array]]:
        read, write = self.goal.tokenizer(self.source), self.goal.tokenizer(self.target)
        if write.declared.start is None:
            message = f"the tokenizer of {self.target} names no start, so nothing leads to its "
            hint = f"name one: `{self.target}: {{tokenizer: …, start: <s>, end: </s>}}`"
            raise unsuited(f"{message}first token", hint)
        _hold_known([(read, pair.source) for pair in lines], [(write, p.target) for p in lines])
        found = []
        for pair in lines:
            target = np.asarray(write.encode(text_of(pair.target)), np.int64)
            source = np.asarray(read.encode(text_of(pair.source)), np.int64)
            found.append(
                {self.source: source, self.target: target[:-1], self.goal.wanted: target[1:]}
            )
        return found


@dataclass(frozen=True)
class _OneRow:
    """Source, separator and target in one row; wanted is what comes next in it."""

    goal: Goal
    tokens: str
    separator: str

    def examples(self, lines: list[Pair]) -> list[dict[str, Array]]:
        tokenizer = self.goal.tokenizer(self.tokens)
        _hold_known(
            [(tokenizer, pair.source) for pair in lines], [(tokenizer, p.target) for p in lines]
        )
        found = []
        for pair in lines:
            before = begun(tokenizer, text_of(pair.source), self.separator)
            text = f"{before}{text_of(pair.target)}"
            row = np.asarray(tokenizer.encode(text), np.int64)
            found.append({self.tokens: row[:-1], self.goal.wanted: row[1:]})
        return found


def _both(goal: Goal) -> _Both:
    target = goal.next_of
    if target is None or len(goal.inputs) != 2:
        message = f"{goal.graph.name} cannot learn pairs: it takes {', '.join(goal.inputs)}"
        hint = "pairs need a source and a target, and an output that says what comes next on it"
        raise unsuited(message, hint)
    hold_tokens(goal, "a pair")
    source = next(name for name in goal.inputs if name != target)
    return _Both(goal, source, target)


def _one_row(goal: Goal) -> _OneRow:
    tokens = next_input(goal, "pairs")
    mark = separator(goal.tokenizer(tokens))
    if mark is None:
        message = f"nothing in the vocabulary of {tokens} can stand between source and target"
        raise unsuited(message, "add <SEP> to the vocabulary (a tab, to an alphabet)")
    if not goal.graph.inputs[goal.wanted].dims:
        message = f"{goal.output} says one next token, and a pair has one after each"
        raise unsuited(message, f"a type such as real[seq, vocab] for {goal.output} has them all")
    return _OneRow(goal, tokens, mark)


def separator(tokenizer: Tokenizer) -> str | None:
    """The sign of a vocabulary that stands between the source and the target of a row."""
    return next((mark for mark in SEPARATORS if mark in tokenizer.ids), None)


def begun(tokenizer: Tokenizer, source: str, separator: str) -> str:
    """A row up to its separator: what a model goes on from."""
    space = "" if tokenizer.letters else " "
    return f"{source}{space}{separator}{space}"


def _hold_known(*sides: list[tuple[Tokenizer, Span]]) -> None:
    """Letters and words that are not known, of all lines at once, in their order."""
    wrong = [d for side in sides for tokenizer, span in side for d in _strange(tokenizer, span)]
    if wrong:
        wrong.sort(key=lambda d: d.span.start if d.span else 0)
        left = len(wrong) - MAX_SHOWN
        more = [Diagnostic("BW414", f"{left} more places are not known")] if left > 0 else []
        raise DataError([*wrong[:MAX_SHOWN], *more])


def _strange(tokenizer: Tokenizer, span: Span) -> Iterator[Diagnostic]:
    yield from strangers(tokenizer, span.source, span)


def _hold_lengths(goal: Goal, lines: list[Pair], examples: list[dict[str, Array]]) -> None:
    """Lengths that the spec does not take, told with their lines."""
    held: dict[tuple[int, ...], tuple[Diagnostic, ...]] = {}
    wrong: list[Diagnostic] = []
    for pair, example in zip(lines, examples, strict=True):
        lengths = tuple(array.size for array in example.values())
        if lengths not in held:
            try:
                inputs.check(goal.graph, example, np.float32)
                held[lengths] = ()
            except DataError as error:
                held[lengths] = error.diagnostics
        line = Span(pair.source.source, pair.source.start, pair.target.end)
        wrong += (replace(found, span=line) for found in held[lengths])
    if wrong:
        raise DataError(wrong[:MAX_SHOWN])
