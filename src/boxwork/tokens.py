"""Tokenizers by hand: what ``graph.tokenizer`` gives, and vocabularies made from a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from boxwork import arguments
from boxwork.engines.tokens.tokenizers import Tokenizer, input_tokenizer
from boxwork.engines.tokens.vocabularies import KINDS, Kind, Wishes, learn
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.interpret import Tokenizer as Declared
from boxwork.specs.keys import RESERVED, SNAKE
from boxwork.specs.write import flow_of

if TYPE_CHECKING:
    from boxwork.graphs.graph import Graph
    from boxwork.specs.interpret import Interpretation


class Tokens:
    """Text to ids and back: ``tokens.encode("cats")``, ``tokens.decode([12, 9])``."""

    def __init__(self, engine: Tokenizer) -> None:
        self.engine = engine

    @property
    def kind(self) -> str:
        """``characters``, ``words`` or ``subwords``."""
        return self.engine.declared.kind

    @property
    def size(self) -> int:
        """How many ids there are: from 0 to ``size - 1``."""
        return len(self.engine.declared.symbols)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """What each id stands for, in order."""
        return tuple(self.engine.name(number) for number in range(self.size))

    def encode(self, text: str, *, unfinished: bool = False, name: str = "") -> list[int]:
        """The ids of a text, between start and end if the spec names them.

        Args:
            text: what is to be encoded.
            unfinished: leave out the end: a model is to go on with it.
            name: the file that the text came from; errors then show the place in it.

        Raises:
            DataError: with every letter or word that has no id.
        """
        return self.engine.encode(arguments.text(text, "text"), unfinished=unfinished, name=name)

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ids, without start and end; ids that stand for nothing as ``#1234``."""
        return self.engine.decode(arguments.counts(ids, "ids"))

    def pieces(self, text: str) -> list[str]:
        """What a text is cut into, without start and end."""
        return self.engine.split(arguments.text(text, "text"))

    def name(self, number: int) -> str:
        """What one id stands for."""
        return self.engine.name(arguments.count(number, "an id"))

    def entry(self, name: str = "tokens") -> str:
        """The line under ``interpret:`` that gives an input this tokenizer.

        Raises:
            ValueError: if no input can have that name.
        """
        if not SNAKE.match(name) or name in RESERVED:
            raise ValueError(f"no input is called {name!r}: letters, digits and _, a letter first")
        one = self.engine.declared
        pairs: dict[str, str | Sequence[str]] = {"tokenizer": one.kind}
        if one.kind == "characters":
            pairs["alphabet"] = "".join(one.symbols)
        elif one.kind == "words":
            pairs["vocabulary"] = one.symbols
        elif one.file is not None:
            pairs["file"] = one.file.name
        named = {"unknown": one.unknown, "start": one.start, "end": one.end}
        pairs |= {key: word for key, word in named.items() if word is not None}
        return f"{name}: {flow_of(pairs, ['lower'] if one.lower else [])}"

    def save(self, path: str | Path) -> None:
        """Write subwords as a file that a spec can name; whole or not at all.

        Raises:
            DataError: if the name does not end in ``.json``, or it cannot be written.
            ValueError: if there are no subwords: letters and words are written into the spec.
        """
        from boxwork.files import known_suffix
        from boxwork.specs.output import write

        file = self.engine.declared.file
        if file is None:
            raise ValueError(f"{self.kind} are written into the spec: print(tokens.entry())")
        if not Path(path).exists() or Path(path).is_file():  # a pipe has any name
            known_suffix(path, (".json",), "a tokenizer")
        write(path, file.text)
        declared = replace(self.engine.declared, file=replace(file, name=str(path)))
        self.engine = replace(self.engine, declared=declared)

    def __len__(self) -> int:
        return self.size

    def __repr__(self) -> str:
        return f"<Tokens: {self.kind}, {self.size:,} ids>"


def of_input(graph: Graph, interpretation: Interpretation, name: str | None) -> Tokens:
    """The tokenizer of an input of a graph, or of its only one that has any.

    Raises:
        DataError: if there is no such input, or it has no tokenizer.
    """
    from boxwork.specs.hints import did_you_mean

    if name is None:
        name = next(named(graph, interpretation), next(iter(graph.inputs), ""))
    if name not in graph.inputs:
        hint = did_you_mean(name, graph.inputs)
        raise DataError([Diagnostic("BW401", f"{graph.name} has no input `{name}`", help=hint)])
    found = input_tokenizer(graph, interpretation, name)
    if found is None:
        hint = "name one for the call: "
        hint += f"--set 'interpret.{name}={{tokenizer: subwords, file: tokenizer.json}}'"
        message = f"{graph.name} names no tokenizer for {name}"
        if (wire := graph.inputs[name]).bound is None:
            message, hint = f"{name} carries numbers ({wire.named()}), which are no tokens", ""
        raise DataError([Diagnostic("BW418", message, help=hint)])
    return Tokens(found)


def named(graph: Graph, interpretation: Interpretation) -> Iterator[str]:
    """The inputs that have a tokenizer."""
    return (name for name in graph.inputs if interpretation.tokenizer(name) is not None)


def load_tokenizer(path: str | Path) -> Tokens:
    """The tokenizer of a file: one of boxwork's, or any tokenizer.json.

    Raises:
        DataError: if the file cannot be read, or holds no tokenizer that can be used.
    """
    from boxwork.specs.pieces import read_pieces

    file = read_pieces(Path(path))
    return Tokens(Tokenizer(Declared("subwords", file.symbols, file=file)))


def train_tokenizer(
    text: str,
    kind: Kind = "subwords",
    size: int | None = None,
    *,
    unknown: str | None = None,
    start: str | None = None,
    end: str | None = None,
    special: Iterable[str] = (),
    lower: bool = False,
    bytes: bool = False,
) -> Tokens:
    """A tokenizer made from a text; the same text and wishes make the same one.

    Args:
        text: what it learns from.
        kind: ``characters``, ``words`` or ``subwords``.
        size: at most so many ids; subwords need it.
        unknown: the token for all that has no id.
        start: the token put before a text.
        end: the token put after a text.
        special: further tokens, which get the first ids: ``<pad>``.
        lower: read capital letters as small ones.
        bytes: subwords begin with the 256 bytes, so that any text has ids.

    Raises:
        DataError: if the text is empty, or cannot have a vocabulary of this size.
    """
    if kind not in KINDS:
        raise ValueError(f"the kind of a tokenizer is one of {', '.join(KINDS)}, not {kind!r}")
    bound = None if size is None else arguments.count(size, "size")
    several = (special,) if isinstance(special, str) else special
    specials = tuple(arguments.text(one, "a special token") for one in several)
    for key, token in {"unknown": unknown, "start": start, "end": end}.items():
        if token is not None:
            arguments.text(token, key)
    wishes = Wishes(kind, bound, unknown, start, end, specials, lower, bytes)
    return Tokens(Tokenizer(learn(arguments.text(text, "text"), wishes)))
