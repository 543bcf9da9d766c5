"""The values of one config, or of an object in it, by key; and all that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from boxwork.importing.keys import Key, KindError, described
from boxwork.specs import marked
from boxwork.specs.diagnostics import Reporter, Span
from boxwork.specs.hints import did_you_mean, shorten

MAX_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one key: ``to`` is the place in the spec, or why it says nothing there."""

    key: str
    value: str
    to: str
    place: Span | None  # None for a default
    used: bool


class Config:
    """Values by the first of their names; a default where there is none or a wrong one.

    ``of`` is the object in the config (``rope_scaling``), if it is not the config itself.
    """

    def __init__(
        self,
        tree: marked.Mapping,
        keys: Mapping[str, Key],
        irrelevant: Mapping[str, str],
        reporter: Reporter,
        family: str,
        of: str = "",
    ) -> None:
        self.tree, self.reporter, self.family, self.of = tree, reporter, family, of
        self._keys, self._irrelevant = keys, irrelevant
        self._names = {n: name for name, key in keys.items() for n in (name, *key.names)}
        self._found: dict[str, tuple[marked.Scalar, marked.Marked]] = {}
        self._values: dict[str, Any] = {}
        self._inner: list[Config] = []
        self._take()

    def __getitem__(self, name: str) -> Any:
        """The value of a key, or its default."""
        return self._values.get(name, self._keys[name].default)

    def __contains__(self, name: str) -> bool:
        """Whether the config gives a key, and a value that is right."""
        return name in self._values

    def within(self, tree: marked.Mapping, keys: Mapping[str, Key], of: str) -> Config:
        """An object in this config, with keys of its own."""
        made = Config(tree, keys, {}, self.reporter, self.family, of)
        self._inner.append(made)
        return made

    def sound(self, *names: str) -> bool:
        """Whether none of these keys has a value of a wrong kind, told of already."""
        return all(name in self._values or name not in self._found for name in names)

    def span(self, *names: str) -> Span:
        """Where the first of these keys has its value; the beginning, if none of them is there."""
        for name in names:
            if name in self._found:
                return self._found[name][1].span
        return Span(self.tree.span.source, self.tree.span.start, self.tree.span.start + 1)

    def told(self, name: str) -> str:
        """A key and its value for messages: ``head_dim 96``, ``head_dim 96 (the default)``."""
        if name in self._found:
            key, value = self._found[name]
            return f"{self.path(key.text)} {described(value)}"
        value = self[name]
        shown = f"{value:g}" if isinstance(value, float) else value
        return f"{self.path(name)} {shown} (the default)"

    def path(self, name: str) -> str:
        """A key by its way through the config."""
        return f"{self.of}.{name}" if self.of else name

    def refuse(self, message: str, *names: str, help: str = "") -> None:
        """Report a value that the spec cannot have, at its key."""
        self.reporter.error("BW575", message, self.span(*names), help=help)

    def contradiction(self, message: str, *names: str, help: str = "") -> None:
        """Report values that do not go together, at the first key that is there."""
        self.reporter.error("BW574", message, self.span(*names), help=help)

    def _take(self) -> None:
        for key, value in self.tree.items:
            if key.text in self._names:
                self._known(self._names[key.text], key, value)
            elif key.text not in self._irrelevant:
                self._unknown(key)

    def _unknown(self, key: marked.Scalar) -> None:
        known = [*self._names, *self._irrelevant]
        owner = f"`{self.of}`" if self.of else f"the config of a {self.family}"
        shown = shorten(key.text)
        self.reporter.error(
            "BW572",
            f"{owner} has no key `{shown}` that boxwork knows",
            key.span,
            help=did_you_mean(key.text, known)
            or "remove it if it changes nothing of what the model computes",
        )

    def _known(self, name: str, key: marked.Scalar, value: marked.Marked) -> None:
        declared = self._keys[name]
        if name in self._found:
            self._twice(name, key, value)
            return
        self._found[name] = key, value
        if isinstance(value, marked.Scalar) and value.plain and value.text == "null":
            if declared.null:
                self._values[name] = None
            else:
                self._wrong(key, value, declared)
            return
        try:
            found = declared.kind(value)
        except KindError as error:
            self._wrong(key, value, declared, str(error), error.among)
            return
        self._values[name] = found
        if declared.only and found not in declared.only:
            message = f"`{self.path(key.text)}` is {described(value)}: {declared.lacking}"
            allowed = " or ".join(_json(v) for v in declared.only)
            hint = f"only {allowed} can be imported"
            self.reporter.error("BW575", message, value.span, help=hint)

    def _twice(self, name: str, key: marked.Scalar, value: marked.Marked) -> None:
        first, before = self._found[name]
        if described(before) != described(value):
            self.reporter.error(
                "BW574",
                f"`{first.text}` and `{key.text}` are two names for one thing, but one is "
                f"{described(before)}, the other {described(value)}",
                value.span,
                help="leave one of them out",
            )

    def _wrong(
        self,
        key: marked.Scalar,
        value: marked.Marked,
        declared: Key,
        bound: str = "",
        among: marked.Marked | None = None,
    ) -> None:
        wanted = f"{declared.what}, {bound}" if bound else declared.what
        null = " or null" if declared.null else ""
        found = f"not {described(value)}"
        if among is not None:
            value, found = among, f"but {described(among)} stands in it"
        message = f"`{self.path(key.text)}` must be {wanted}{null}, {found}"
        self.reporter.error("BW573", message, value.span)

    def taken(self) -> Iterator[Taken]:
        """What became of every key that is there, in the order of the file; then the defaults."""
        yield from self._given()
        for name, declared in self._keys.items():
            if name not in self._found and declared.default is not None and not declared.only:
                yield Taken(self.path(name), _json(declared.default), declared.to, None, True)

    def _given(self) -> Iterator[Taken]:
        """The keys that are there; those of an object inside follow it."""
        for key, value in self.tree.items:
            name, used = self._names.get(key.text), False
            if name is None:
                to = self._irrelevant[key.text]
            elif (declared := self._keys[name]).only:
                to = f"only {' or '.join(map(_json, declared.only))} can be imported"
            else:
                to, used = declared.to, True
            yield Taken(self.path(key.text), described(value), to, value.span, used)
            for inner in self._inner:
                if inner.tree is value:
                    yield from inner._given()


def _json(value: Any) -> str:
    """A value as JSON has it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, tuple):
        return "[]"
    return f'"{value}"' if isinstance(value, str) else f"{value:.12g}"
