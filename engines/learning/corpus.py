"""A text to train on: its tokens, and windows of as many as the spec takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from boxwork.engines.feeding import inputs
from boxwork.engines.generation.target import next_hint
from boxwork.engines.learning.dataset import Dataset, Shuffled, Windows
from boxwork.engines.learning.goal import Goal, hold_tokens, unsuited
from boxwork.engines.tokens.tokenizers import Tokenizer
from boxwork.specs.diagnostics import DataError, Diagnostic, Source, Span
from boxwork.specs.hints import did_you_mean, shorten

Array = np.ndarray[Any, Any]
UNBOUNDED = 64  # tokens of a window, if the spec takes any number
MOST = 1 << 20  # a spec that takes so many takes any number
MAX_SHOWN = 10
KNOWN_BY_PIECE = ("characters", "words")  # tokenizers that list whole pieces of a text


def windows(goal: Goal, text: Source, length: int | None = None) -> Dataset:
    """Windows of a text, each with the token after it, or with the one after every token.

    ``length`` shortens the windows of a spec that takes any number of tokens.

    Raises:
        DataError: if the spec does not say what comes next on its only input, the text has
            letters or words that its tokenizer does not know, or it is too short.
    """
    tokens = next_input(goal, "a text")
    ids = encoded(goal.tokenizer(tokens), text)
    (dim,) = goal.graph.inputs[tokens].dims
    wanted = goal.graph.inputs[goal.wanted].dims
    width = int(dim) if not dim.free else _length(goal, tokens, ids.size - 1, length)
    if not dim.free and length not in (None, width):
        message = f"windows of {length} tokens: {tokens} takes {width}, no more and no less"
        raise DataError([Diagnostic("BW460", message, help="leave the length out")])
    if ids.size < width + 1 or width < 1:
        raise _too_short(goal, tokens, text, ids.size, max(width, 1))
    if wanted:
        return Windows(tokens, goal.wanted, ids, width)
    cut = np.lib.stride_tricks.sliding_window_view(ids, width + 1)
    return Shuffled({tokens: cut[:, :-1], goal.wanted: cut[:, -1]})


def next_input(goal: Goal, what: str) -> str:
    """The only input, if the output says what comes next on it."""
    tokens = goal.next_of
    others = [name for name in goal.inputs if name != tokens]
    if tokens is None:
        message = f"{goal.graph.name} does not say what comes next, so it cannot learn {what}"
        own = {name: goal.graph.inputs[name] for name in goal.inputs}
        scores = {name: wire for name, wire in goal.graph.outputs.items() if name != goal.loss}
        raise unsuited(message, next_hint(own, scores))
    if others:
        message = f"{goal.graph.name} also takes {', '.join(others)}, which {what} does not give"
        raise unsuited(message, "train it on pairs, or give batches from Python")
    hold_tokens(goal, what)
    if len(goal.graph.inputs[tokens].dims) != 1:
        message = f"{tokens} is {goal.graph.inputs[tokens].named()}, no row of tokens"
        raise unsuited(message, "train it from Python, on batches")
    return tokens


def encoded(tokenizer: Tokenizer, text: Source) -> Array:
    """The ids of a text, without start and end; all that is not known is told at once.

    A line break is read as a space if the tokenizer knows letters, spaces, but no line breaks.
    """
    source = flowing(tokenizer, text)
    wrong = list(strangers(tokenizer, source))
    if wrong:
        raise DataError(_as_written(found, text) for found in wrong)
    declared = tokenizer.declared
    ids = tokenizer.encode(source.text)
    first = 0 if declared.start is None else 1
    return np.asarray(ids[first : len(ids) - (declared.end is not None)], np.int64)


def flowing(tokenizer: Tokenizer, text: Source) -> Source:
    """A text whose line breaks are spaces if they must be; without those at its end."""
    body = text.text.rstrip("\n")
    if tokenizer.letters and "\n" not in tokenizer.ids and " " in tokenizer.ids:
        body = body.replace("\n", " ")
    return Source(text.name, body, text.via)


def _as_written(found: Diagnostic, text: Source) -> Diagnostic:
    """A diagnostic of a flowing text, shown on the lines that were written: places are the same."""
    span = found.span and Span(text, found.span.start, found.span.end)
    return replace(found, span=span)


def strangers(
    tokenizer: Tokenizer, source: Source, within: Span | None = None
) -> Iterator[Diagnostic]:
    """A diagnostic for each letter or word that a tokenizer does not know, at its first place."""
    if tokenizer.declared.unknown is not None:
        return
    start, end = (within.start, within.end) if within else (0, len(source.text))
    text = source.text[start:end]
    if tokenizer.declared.kind not in KNOWN_BY_PIECE:
        yield from _as_told(tokenizer, source.name, text, within)
        return
    counts = Counter(tokenizer.split(text))
    unknown = [piece for piece in counts if piece not in tokenizer.ids]
    for piece in unknown[:MAX_SHOWN]:
        place = _place(text, piece)
        span = Span(source, start + place, start + place + len(piece)) if place >= 0 else within
        yield _stranger(tokenizer, piece, counts[piece], span)
    if len(unknown) > MAX_SHOWN:
        what = "letters" if tokenizer.letters else "words"
        yield Diagnostic("BW414", f"{len(unknown) - MAX_SHOWN} more {what} are not known")


def _as_told(
    tokenizer: Tokenizer, name: str, text: str, within: Span | None
) -> Iterator[Diagnostic]:
    """What a tokenizer itself says of a text that it cannot encode."""
    try:
        tokenizer.encode(text)
    except DataError as error:
        for found in error.diagnostics:
            span = found.span or within
            message = found.message if span else f"{name}: {found.message}"
            yield replace(found, message=message, span=span)


def _place(text: str, piece: str) -> int:
    """Where a piece stands first; it may have been written in capitals."""
    place = text.find(piece)
    return place if place >= 0 else text.casefold().find(piece.casefold())


def _stranger(tokenizer: Tokenizer, piece: str, times: int, span: Span | None) -> Diagnostic:
    often = "" if times == 1 else f" ({times:,} times in the text)"
    symbols = tokenizer.declared.symbols
    if tokenizer.letters:
        message = f"the letter {piece!r} is not in the alphabet{often}"
        hint = f"add it to the alphabet, or take it out; it is {shorten(repr(''.join(symbols)))}"
        if piece.lower() in tokenizer.ids:
            hint = "write small letters, or give the tokenizer `lower: true`"
    else:
        message = f"the word `{shorten(piece)}` is not in the vocabulary{often}"
        near = did_you_mean(piece, symbols)
        hint = "add it to the vocabulary, or name one of its words as `unknown`"
        hint = near if near.startswith("did") else hint
    return Diagnostic("BW414", message, span, help=hint)


def _length(goal: Goal, tokens: str, most: int, asked: int | None) -> int:
    """How many tokens a window of a spec with a free length has."""
    if asked is not None and not fits(goal, tokens, asked):
        bound = longest(goal, tokens)
        message = f"windows of {asked} tokens are longer than {goal.graph.name} takes: {bound}"
        raise DataError([Diagnostic("BW460", message, help=f"ask for {bound} at most")])
    bound = asked or longest(goal, tokens) or UNBOUNDED
    return min(bound, most)


def longest(goal: Goal, tokens: str) -> int | None:
    """How many tokens the spec takes at most; None for any number."""
    if fits(goal, tokens, MOST):
        return None
    low, high = 0, MOST  # low fits, high does not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(goal, tokens, middle) else (low, middle)
    return low


def fits(goal: Goal, tokens: str, length: int) -> bool:
    """Whether the spec takes so many tokens."""
    row = np.zeros(length, np.int64)
    per_token = bool(goal.graph.inputs[goal.wanted].dims)
    try:
        inputs.check(
            goal.graph, {tokens: row, goal.wanted: row if per_token else np.int64(0)}, np.float32
        )
    except DataError:
        return False
    return True


def _too_short(goal: Goal, tokens: str, text: Source, count: int, width: int) -> DataError:
    what = "token" if not goal.tokenizer(tokens).letters else "letter"
    message = (
        f"{text.name} has {count} {what}{'' if count == 1 else 's'}, "
        f"and {goal.graph.name} needs {width + 1}: {width} to read and the next one to learn"
    )
    return DataError([Diagnostic("BW460", message, help="give a longer text")])
