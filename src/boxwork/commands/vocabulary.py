"""``boxwork vocabulary``: a tokenizer made from a text, as an author pastes it into a spec."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from boxwork.commands.guard import CallError, print_json
from boxwork.commands.options import JsonOption

if TYPE_CHECKING:
    from boxwork.tokens import Tokens


class KindChoice(StrEnum):
    """What the pieces of a text are."""

    characters = "characters"
    words = "words"
    subwords = "subwords"


def _token(flag: str, help: str) -> typer.models.OptionInfo:
    """An option that names a special token."""
    option = typer.Option(flag, metavar="TOKEN", help=help, show_default=False)
    assert isinstance(option, typer.models.OptionInfo)
    return option


def vocabulary(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A text in UTF-8.", show_default=False)
    ],
    kind: Annotated[
        KindChoice, typer.Option("--kind", help="What a token is.")
    ] = KindChoice.characters,
    size: Annotated[
        int | None,
        typer.Option(
            "--size",
            min=1,
            metavar="N",
            help="At most so many ids. Subwords need it; of letters and words the most frequent "
            "are kept.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where subwords are written: a .json file; - is stdout.",
            show_default=False,
        ),
    ] = None,
    unknown: Annotated[str | None, _token("--unknown", "The token for what has no id.")] = None,
    start: Annotated[str | None, _token("--start", "The token put before a text.")] = None,
    end: Annotated[str | None, _token("--end", "The token put after a text.")] = None,
    special: Annotated[
        list[str] | None, _token("--special", "A further token: <pad>. May be repeated.")
    ] = None,
    lower: Annotated[
        bool,
        typer.Option("--lower", help="Read capital letters as small ones.", show_default=False),
    ] = False,
    by_bytes: Annotated[
        bool,
        typer.Option(
            "--bytes",
            help="Let subwords begin with the 256 bytes, so that any text has ids.",
            show_default=False,
        ),
    ] = False,
    name: Annotated[
        str, typer.Option("--input", metavar="NAME", help="The input it is for.")
    ] = "tokens",
    as_json: JsonOption = False,
) -> None:
    """Make a tokenizer from a text, for a spec to use.

    What the spec must say is printed. Letters and words are written into the spec, subwords
    into a file beside it. Special tokens have the first ids. The same text gives the same
    tokenizer, byte for byte.

    Examples:
        boxwork vocabulary rhyme.txt
        boxwork vocabulary rhyme.txt --kind words --unknown "<unk>"
        boxwork vocabulary rhyme.txt --kind subwords --size 60 -o rhyme.json
    """
    from boxwork.specs.keys import RESERVED, SNAKE
    from boxwork.specs.textfile import read_text
    from boxwork.tokens import train_tokenizer

    if (kind is KindChoice.subwords) != (out is not None):
        if out is None:
            raise CallError("subwords are written into a file", "say which: -o rhyme.json")
        hint = f"they are written into the spec; to keep them in a file: > {out}"
        raise CallError(f"-o is for subwords, and these are {kind}", hint)
    if not SNAKE.match(name) or name in RESERVED:
        hint = "small letters, digits and _, a letter first: --input source"
        raise CallError(f"no input is called {name!r}", hint)
    text = read_text(file)
    tokens = train_tokenizer(
        text,
        kind.value,
        size,
        unknown=unknown,
        start=start,
        end=end,
        special=special or (),
        lower=lower,
        bytes=by_bytes,
    )
    if out == "-":
        assert tokens.engine.declared.file is not None
        typer.echo(tokens.engine.declared.file.text, nl=False)
        return
    if out is not None:
        tokens.save(out)
    if as_json:
        print_json(_facts(tokens, text, name))
        return
    typer.echo("\n".join(_snippet(tokens, text, name)))
    _remarks(tokens, size, out)


def _facts(tokens: Tokens, text: str, name: str) -> dict[str, object]:
    return {
        "tokenizer": tokens.kind,
        "size": tokens.size,
        "tokens": len(tokens.encode(text)),
        "letters": len(text),
        "entry": tokens.entry(name),
        "vocabulary": list(tokens.vocabulary),
    }


def _snippet(tokens: Tokens, text: str, name: str) -> Iterator[str]:
    """What to paste, with what the text is in these tokens."""
    yield f"# {len(text):,} letters are {len(tokens.encode(text)):,} {tokens.kind}"
    yield f"dims: {{vocab: {tokens.size}}}"
    yield "interpret:"
    yield f"  {tokens.entry(name)}"


def _remarks(tokens: Tokens, size: int | None, out: str | None) -> None:
    """What was written, and what is not as one might have wished."""
    if out is not None:
        typer.echo(f"wrote {out}", err=True)
    if size is not None and tokens.kind == "subwords" and tokens.size < size:
        typer.echo(
            f"{tokens.size:,} ids, not {size:,}: no further pair stands in the text twice", err=True
        )
