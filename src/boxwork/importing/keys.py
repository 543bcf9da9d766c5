"""What a key of a config may hold: its kind, its default, and which values can be imported."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from boxwork.specs.hints import shorten
from boxwork.specs.keys import SHAPES
from boxwork.specs.marked import Mapping, Marked, Scalar, Sequence

LARGEST = 30_000_000  # the product of two is still a size that the language has

_WHOLE = re.compile(r"-?[0-9]+\Z")


class KindError(Exception):
    """A value is not of the kind that its key wants: what bounds it, or what must not be in it."""

    def __init__(self, bound: str = "", among: Marked | None = None) -> None:
        super().__init__(bound)
        self.among = among


Kind = Callable[[Marked], Any]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a config.

    ``default`` is what transformers takes if the key is absent; ``null`` says whether it may be
    null, which is read as None. With ``only``, other values are refused: ``lacking`` says why.
    ``to`` names what it becomes in the spec, ``names`` what else it is called.
    """

    kind: Kind
    what: str  # the kind in words
    default: Any = None
    to: str = ""
    null: bool = False
    only: tuple[Any, ...] = ()
    lacking: str = ""
    names: tuple[str, ...] = ()

    def called(self, *names: str) -> Key:
        """The same key, which has other names too."""
        return replace(self, names=names)

    def allowing(self, *only: Any, lacking: str) -> Key:
        """The same key, of which only some values can be imported."""
        return replace(self, only=only, lacking=lacking)


def size(
    default: int | None, to: str, *, null: bool = False, least: int = 1, most: int = LARGEST
) -> Key:
    """A whole number within bounds."""
    return Key(lambda v: _size(v, least, most), "a whole number", default, to, null)


def number(default: float | None, to: str, *, null: bool = False, zero: bool = False) -> Key:
    """A number above 0, or 0 as well."""
    what = "a number, 0 or more" if zero else "a number above 0"
    return Key(lambda v: _number(v, above=not zero), what, default, to, null)


def rate(default: float, to: str, *, null: bool = False) -> Key:
    """A number from 0 to below 1."""
    return Key(_rate, "a number from 0 to below 1", default, to, null)


def flag(default: bool | None, to: str, *, null: bool = False) -> Key:
    """``true`` or ``false``."""
    return Key(_flag, "true or false", default, to, null)


def word(default: str | None, to: str, *, null: bool = False) -> Key:
    """A text."""
    return Key(_word, "a text", default, to, null)


def words(to: str) -> Key:
    """A list of texts, or null; each is given with its place."""
    return Key(_words, "a list of texts", None, to, null=True)


def switches(to: str) -> Key:
    """A list of 0 and 1, or null; each is given with its place."""
    return Key(_switches, "a list of 0 and 1", None, to, null=True)


def nothing() -> Key:
    """A list in which nothing may stand, or null; it is given as a tuple."""
    return Key(_items, "a list", (), "", null=True)


def table(to: str) -> Key:
    """An object, or null; it is given as it stands."""
    return Key(_table, "an object", None, to, null=True)


def side(default: int, to: str) -> Key:
    """A whole number, or a list of two that are the same: the sides of a square."""
    return Key(_side, "a whole number", default, to)


def labels(to: str) -> Key:
    """An object with a name for each class, or null; what is given is how many there are."""
    return Key(lambda value: len(_table(value).items), "an object", None, to, null=True)


def described(value: Marked) -> str:
    """A value of a config as messages tell it."""
    if isinstance(value, Scalar):
        return shorten(value.text) if value.plain else f'"{shorten(value.text)}"'
    return SHAPES[Sequence] if isinstance(value, Sequence) else "an object"


def _size(value: Marked, least: int, most: int) -> int:
    text = _literal(value)
    if not _WHOLE.match(text):
        raise KindError
    if text.startswith("-") or int(text[:20]) < least:
        raise KindError(f"at least {least}")
    if int(text[:20]) > most:
        raise KindError(f"at most {most:,}")
    return int(text)


def _side(value: Marked) -> int:
    if not isinstance(value, Sequence):
        return _size(value, 1, LARGEST)
    sides = {_size(item, 1, LARGEST) for item in value.items}
    if len(sides) != 1 or len(value.items) != 2:
        raise KindError("the same on both sides")
    return sides.pop()


def _number(value: Marked, *, above: bool) -> float:
    try:
        found = float(_literal(value))
    except ValueError:
        raise KindError from None
    if not math.isfinite(found) or found < 0 or (above and found == 0):
        raise KindError
    return found


def _rate(value: Marked) -> float:
    found = _number(value, above=False)
    if found >= 1:
        raise KindError
    return found


def _flag(value: Marked) -> bool:
    text = _literal(value)
    if text not in ("true", "false"):
        raise KindError
    return text == "true"


def _word(value: Marked) -> str:
    if not isinstance(value, Scalar) or value.plain:
        raise KindError
    return value.text


def _words(value: Marked) -> tuple[Scalar, ...]:
    if not isinstance(value, Sequence):
        raise KindError
    for item in value.items:
        if not isinstance(item, Scalar) or item.plain:
            raise KindError(among=item)
    return tuple(item for item in value.items if isinstance(item, Scalar))


def _switches(value: Marked) -> tuple[Scalar, ...]:
    if not isinstance(value, Sequence):
        raise KindError
    for item in value.items:
        if not isinstance(item, Scalar) or not item.plain or item.text not in ("0", "1"):
            raise KindError(among=item)
    return tuple(item for item in value.items if isinstance(item, Scalar))


def _items(value: Marked) -> tuple[Marked, ...]:
    if not isinstance(value, Sequence):
        raise KindError
    return value.items


def _table(value: Marked) -> Mapping:
    if not isinstance(value, Mapping):
        raise KindError
    return value


def _literal(value: Marked) -> str:
    """A number, true or false; a text in quotes is none of them."""
    if not isinstance(value, Scalar) or not value.plain:
        raise KindError
    return value.text
