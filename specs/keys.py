"""Reading a mapping by its keys: unknown ones, missing ones, and values of the wrong shape."""

from __future__ import annotations

import re
from collections.abc import Mapping

from boxwork.specs import marked
from boxwork.specs.diagnostics import Reporter
from boxwork.specs.hints import closest, did_you_mean

SNAKE = re.compile(r"[a-z][a-z0-9_]*\Z")
CAMEL = re.compile(r"[A-Z][A-Za-z0-9]*\Z")
RESERVED = frozenset(
    ["any", "collect", "each", "false", "log", "max", "min", "none", "past", "sqrt", "true"]
)
SHAPES = {marked.Scalar: "a single value", marked.Sequence: "a list", marked.Mapping: "a mapping"}


class Keys:
    """One mapping of a spec, read key by key; reports every key that has no meaning."""

    def __init__(
        self,
        tree: marked.Mapping,
        known: tuple[str, ...],
        reporter: Reporter,
        what: str,
        reserved: Mapping[str, str] | None = None,
        hints: Mapping[str, str] | None = None,
    ) -> None:
        self.tree, self.known, self.reporter, self.what = tree, known, reporter, what
        self._values = {key.text: value for key, value in reversed(tree.items)}
        for key, _ in tree.items:
            if reserved and key.text in reserved:
                mend = reserved[key.text]
                reporter.error("BW115", f"`{key.text}` is reserved", key.span, help=mend)
            elif key.text not in known:
                reporter.error(
                    "BW101",
                    f"{what} has no key `{key.text}`",
                    key.span,
                    help=(hints or {}).get(key.text) or did_you_mean(key.text, known),
                )

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def get(self, key: str) -> marked.Marked | None:
        """Whatever stands under a key."""
        return self._values.get(key)

    def scalar(self, key: str) -> marked.Scalar | None:
        """The single value under a key; another shape is reported."""
        value = self._values.get(key)
        if isinstance(value, marked.Scalar):
            return value
        self._not(key, value, marked.Scalar)
        return None

    def mapping(self, key: str) -> marked.Mapping | None:
        """The mapping under a key; another shape is reported."""
        value = self._values.get(key)
        if isinstance(value, marked.Mapping):
            return value
        self._not(key, value, marked.Mapping)
        return None

    def flag(self, key: str) -> bool | None:
        """``true`` or ``false`` under a key."""
        value = self.scalar(key)
        if value is not None and value.text not in ("true", "false"):
            self.reporter.error(
                "BW109", f"`{key}` must be true or false, not {value.text}", value.span
            )
            return None
        return None if value is None else value.text == "true"

    def missing(self, key: str, help: str, at: str = "") -> None:
        """Report a key that must be there, unless a misspelt one was to be it.

        It is reported at another key, if that one asks for it.
        """
        unknown = (k.text for k, _ in self.tree.items if k.text not in self.known)
        if key in (closest(other, self.known) for other in unknown):
            return
        keys = [k.span for k, _ in self.tree.items if at in ("", k.text)]
        first = keys[0] if keys else self.tree.span
        self.reporter.error("BW102", f"{self.what} needs the key `{key}`", first, help=help)

    def _not(self, key: str, value: marked.Marked | None, shape: type[marked.Marked]) -> None:
        if value is not None:
            wrong_shape(f"`{key}`", value, shape, self.reporter)


def wrong_shape(
    what: str, value: marked.Marked, shape: type[marked.Marked], reporter: Reporter, help: str = ""
) -> None:
    """Report a list where a mapping should stand, and the like."""
    empty = isinstance(value, marked.Scalar) and value.plain and not value.text
    found = "empty" if empty else SHAPES[type(value)]
    reporter.error(
        "BW103",
        f"{what} must be {SHAPES[shape]}, not {found}",
        value.span,
        help=help,
    )


def name(key: marked.Scalar, what: str, reporter: Reporter) -> bool:
    """Check the name of a node, port, dim or setting."""
    if SNAKE.match(key.text) and key.text not in RESERVED:
        return True
    if key.text in RESERVED:
        reporter.error(
            "BW115",
            f"`{key.text}` is a reserved word",
            key.span,
            help=f"give the {what} another name",
        )
        return False
    better = snake(key.text)
    reporter.error(
        "BW105",
        f"the name of a {what} is written in snake_case, not `{key.text}`",
        key.span,
        help=f"call it `{better}`" if SNAKE.match(better) else "letters, digits and _",
    )
    return False


def block_name(key: marked.Scalar, reporter: Reporter) -> bool:
    """Check the name of a block."""
    if CAMEL.match(key.text):
        return True
    better = "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", key.text))
    reporter.error(
        "BW105",
        f"the name of a block is written in CamelCase, not `{key.text}`",
        key.span,
        help=f"call it `{better}`" if CAMEL.match(better) else "it starts with a capital letter",
    )
    return False


def snake(text: str) -> str:
    """A name in snake_case: ``DModel`` becomes ``d_model``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def text_of(value: marked.Marked | None) -> str:
    """Prose under a key: a text, or a list of texts."""
    if isinstance(value, marked.Scalar):
        return value.text.strip()
    if isinstance(value, marked.Sequence):
        return "; ".join(text_of(item) for item in value.items)
    return ""
