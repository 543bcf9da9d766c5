"""``boxwork tokenize``: what a tokenizer makes of a text, and of ids."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boxwork.commands.guard import CallError, print_json
from boxwork.commands.loading import loaded
from boxwork.commands.options import JsonOption, SetOption, ToyOption
from boxwork.commands.tables import columns
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.hints import shorten

if TYPE_CHECKING:
    from boxwork.tokens import Tokens

SHOWN, WIDTH = 200, 88  # tokens of a text, letters of a line


def tokenize(
    spec: Annotated[
        str,
        typer.Argument(
            metavar="SPEC",
            help="A shipped name or a YAML file; or the .json file of a tokenizer alone.",
            show_default=False,
        ),
    ],
    text: Annotated[
        str | None,
        typer.Argument(
            metavar="[TEXT]",
            help="What is to be encoded; @FILE reads it from a file. Without it: what tokenizers "
            "there are.",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--input",
            metavar="NAME",
            help="The input whose tokenizer it is, where several have one.",
            show_default=False,
        ),
    ] = None,
    ids: Annotated[
        str | None,
        typer.Option(
            "--ids", metavar="8,21,13", help="The way back: ids to text.", show_default=False
        ),
    ] = None,
    vocabulary: Annotated[
        bool,
        typer.Option("--vocabulary", help="List every id and its piece.", show_default=False),
    ] = False,
    toy: ToyOption = False,
    sets: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the tokens of a text, their ids, and the way back.

    Spaces are shown as ␣. A tokenizer may be named for the call, with --set.

    Examples:
        boxwork tokenize gpt "humpty dumpt"
        boxwork tokenize gpt --ids 8,21,13
        boxwork tokenize transformer "Wo wohnst du?" --input source
        boxwork tokenize mine.yaml @rhyme.txt --json
        boxwork tokenize rhyme.json --vocabulary
    """
    if (text is not None) + (ids is not None) + vocabulary > 1:
        raise CallError("TEXT, --ids and --vocabulary are three questions", "ask one at a time")
    found = _tokenizers(spec, sets or (), name, toy=toy)
    asked = text is not None or ids is not None or vocabulary
    if not asked:
        _tell_all(found, as_json=as_json)
        return
    if len(found) > 1:
        hint = f"say which: --input {next(iter(found))}"
        raise CallError(f"several inputs have a tokenizer: {', '.join(found)}", hint)
    ((owner, tokens),) = found.items()
    if text is not None:
        _encode(owner, tokens, text, as_json=as_json)
    elif ids is not None:
        _decode(owner, tokens, _numbers(ids), as_json=as_json)
    else:
        _list(tokens, as_json=as_json)


def _tokenizers(
    spec: str, sets: list[str] | tuple[()], name: str | None, *, toy: bool
) -> dict[str, Tokens]:
    """The tokenizers by input: that of a file, the one asked for, or all of a spec."""
    from boxwork.tokens import load_tokenizer, named

    if spec.lower().endswith(".json"):
        if name is not None or sets or toy:
            hint = "leave --input, --toy and --set out"
            raise CallError("a file of a tokenizer has no inputs", hint)
        return {"tokens": load_tokenizer(spec)}
    graph = loaded(spec, sets, toy=toy)
    names = [name] if name is not None else [*named(graph.checked, graph.interpretation)]
    return {one: graph.tokenizer(one) for one in names or [next(iter(graph.inputs), "")]}


def _tell_all(found: dict[str, Tokens], *, as_json: bool) -> None:
    if as_json:
        print_json([_facts(name, tokens) for name, tokens in found.items()])
        return
    for name, tokens in found.items():
        typer.echo(f"{name}: {_size(tokens)}")


def _facts(name: str, tokens: Tokens) -> dict[str, object]:
    one = tokens.engine.declared
    return {
        "input": name,
        "tokenizer": tokens.kind,
        "size": tokens.size,
        "unknown": one.unknown,
        "start": one.start,
        "end": one.end,
        "file": one.file.name if one.file else None,
    }


def _size(tokens: Tokens) -> str:
    """How many ids there are, of what."""
    from boxwork.specs.library import shown

    one = tokens.engine.declared
    special = [f"{k} {w}" for k in ("unknown", "start", "end") if (w := getattr(one, k))]
    said = f"{tokens.kind}, {tokens.size:,} ids"
    where = [f"from {shown(Path(one.file.name))}"] if one.file else []
    return ", ".join([said, *special, *where])


def _encode(name: str, tokens: Tokens, given: str, *, as_json: bool) -> None:
    from boxwork.specs.textfile import read_text

    file = given[1:] if given.startswith("@") else ""
    text = read_text(file) if file else given
    ids = tokens.encode(text, name=file)
    pieces = [tokens.name(number) for number in ids]
    back = tokens.decode(ids)
    if as_json:
        said = {"ids": ids, "pieces": pieces, "back": back, "same": back == text}
        print_json(_facts(name, tokens) | said)
        return
    typer.echo(f"{name}: {_size(tokens)}")
    typer.echo(f"{len(text):,} letters, {len(ids):,} {'token' if len(ids) == 1 else 'tokens'}")
    typer.echo("\n".join(_rows(ids[:SHOWN], pieces[:SHOWN])))
    if len(ids) > SHOWN:
        typer.echo(f"… and {len(ids) - SHOWN:,} more; --json prints all")
    else:
        typer.echo(f"ids: [{', '.join(map(str, ids))}]")
        typer.echo(f"back: {_line(back)}")
    lost = "another text: spacing, capitals or unknown words are not kept"
    typer.echo(f"the way back gives {'the same text' if back == text else lost}")


def _rows(ids: list[int], pieces: list[str]) -> list[str]:
    """Pieces with their ids under them, as many as fit on a line."""
    lines, above, below = [], "", ""
    for number, piece in zip(ids, map(_shown, pieces), strict=True):
        wide = max(len(piece), len(str(number)))
        if above and len(above) + wide + 2 > WIDTH:
            lines += [above, below]
            above = below = ""
        above += f"  {piece.rjust(wide)}"
        below += f"  {str(number).rjust(wide)}"
    return [*lines, above, below] if above else lines


def _decode(name: str, tokens: Tokens, ids: list[int], *, as_json: bool) -> None:
    text, pieces = tokens.decode(ids), [tokens.name(number) for number in ids]
    if as_json:
        print_json(_facts(name, tokens) | {"ids": ids, "pieces": pieces, "text": text})
        return
    typer.echo("\n".join(_rows(ids, pieces)))
    typer.echo(f"text: {_line(text)}")


def _list(tokens: Tokens, *, as_json: bool) -> None:
    """Every id and its piece."""
    if as_json:
        print_json([{"id": i, "piece": piece} for i, piece in enumerate(tokens.vocabulary)])
        return
    rows = [[str(i), _shown(piece)] for i, piece in enumerate(tokens.vocabulary)]
    typer.echo(
        "\n".join(columns([[number.rjust(len(str(len(rows) - 1))), p] for number, p in rows]))
    )


def _numbers(given: str) -> list[int]:
    """``8,21,13``, or the same with spaces or in brackets."""
    pieces = [piece for piece in re.split(r"[\s,;\[\]]+", given) if piece]
    for piece in pieces:
        if not re.fullmatch(r"\d{1,18}", piece):
            hint = "ids are whole numbers from 0: --ids 8,21,13"
            raise DataError([Diagnostic("BW416", f"`{shorten(piece, 30)}` is no id", help=hint)])
    return [int(piece) for piece in pieces]


def _shown(piece: str) -> str:
    """A piece whose spaces and line feeds can be seen."""
    from boxwork.specs.frame import visible

    return visible(piece.replace(" ", "␣"))


def _line(text: str) -> str:
    """A text in quotes, on one line."""
    from boxwork.specs.frame import visible

    return f'"{visible(text)}"'
