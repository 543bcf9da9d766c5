"""A verb of the command line, which tells of a wrong value as the rest of boxwork does."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

import typer
from typer.core import TyperCommand

from boxwork.commands.guard import CallError
from boxwork.specs.hints import closest
from boxwork.streams import MISUSE

KINDS = {int: "a whole number", float: "a number"}
LETTERS = {int: "N", float: "X", str: "TEXT"}


class Verb(TyperCommand):
    """A command whose options say themselves what they take."""

    def get_help(self, ctx: Any) -> str:
        """The help, in which an option names what it takes in a letter or a word."""
        for param in cast(list[Any], self.params):
            if param.param_type_name == "argument":
                param.display_type_rich = lambda ctx: ""  # its name tells it
            elif param.metavar is None:
                param.metavar = self._letter(param.name)
        return super().get_help(ctx)

    def _letter(self, option: str | None) -> str | None:
        hints = get_type_hints(inspect.unwrap(self.callback or len), include_extras=True)
        kinds = [one for one in _members(_plain(hints.get(option or ""))) if one in LETTERS]
        return LETTERS[kinds[0]] if kinds else None

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The words of a call: brackets stand round what may be left out alone."""
        return [_bare(piece) for piece in super().collect_usage_pieces(ctx)]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words of a call; a value that an option does not take ends it."""
        words = list(args)
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            wrong = self._wrong(getattr(error, "param", None), words)
            if wrong is None:
                raise
            typer.echo(str(wrong), err=True)
            raise typer.Exit(MISUSE) from None

    def _wrong(self, param: Any, words: list[str]) -> CallError | None:
        """What an option takes, and what it was given; None if it is no matter of values."""
        if param is None or self.callback is None:
            return None
        named = param.param_type_name == "option"
        given = _given(param.opts, words) if named else _first(words)
        hints = get_type_hints(inspect.unwrap(self.callback), include_extras=True)
        wanted = _wanted(hints.get(param.name))
        if given is None or wanted is None:
            return None
        name = max(param.opts, key=len) if named else f"what to {self.name}"
        if isinstance(wanted, str):
            return CallError(f"{name} is {wanted}, not {given}")
        near = closest(given, wanted)
        hint = f"did you mean {near}?" if near else ""
        if not named and not near:
            hint = f"try: boxwork {self.name} {wanted[0]} {given}"
        return CallError(f"{name} is one of {', '.join(wanted)}, not {given}", hint)


def _bare(piece: str) -> str:
    """A word of the usage as people write it: not {SPEC} or [[PATH]]...."""
    while (piece[:2], piece[-2:]) == ("[[", "]]") or piece[:1] == "{":
        piece = piece[1:-1] if piece[-1] in "]}" else piece.removesuffix("...")
    return piece


def _plain(hint: Any) -> Any:
    """A type without what is annotated to it."""
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _given(names: list[str], words: list[str]) -> str | None:
    """The last value that an option was given: ``--steps 3``, ``--steps=3``, ``-j3``."""
    found = None
    for place, word in enumerate(words):
        for name in names:
            if word == name and place + 1 < len(words):
                found = words[place + 1]
            elif name.startswith("--") and word.startswith(f"{name}="):
                found = word.partition("=")[2]
            elif len(name) == 2 and word.startswith(name) and len(word) > 2:
                found = word[2:].removeprefix("=")
    return found


def _first(words: list[str]) -> str | None:
    """The first word that is no option."""
    return next((word for word in words if not word.startswith("-")), None)


def _wanted(hint: Any) -> str | list[str] | None:
    """What an option takes, in words, or the words that it takes."""
    if get_origin(hint) is not Annotated:
        return None
    kind, *notes = get_args(hint)
    kinds = [one for one in _members(kind) if one is not type(None)]
    if len(kinds) != 1:
        return None
    (one,) = kinds
    if isinstance(one, type) and issubclass(one, Enum):
        return [str(member.value) for member in one]
    if one not in KINDS:
        return None
    bounds = next(((note.min, note.max) for note in notes if hasattr(note, "min")), (None, None))
    return KINDS[one] + _range(*bounds)


def _members(kind: Any) -> Iterator[Any]:
    """The types of a union, and of the items of a list."""
    if get_origin(kind) in (Union, UnionType, list):
        for inner in get_args(kind):
            yield from _members(inner)
    else:
        yield kind


def _range(least: float | None, most: float | None) -> str:
    if least is None:
        return "" if most is None else f" up to {most:g}"
    return f" from {least:g}" + ("" if most is None else f" to {most:g}")
