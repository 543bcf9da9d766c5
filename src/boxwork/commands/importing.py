"""``boxwork import``: a Hugging Face config.json becomes a spec."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from boxwork.commands.guard import print_json
from boxwork.commands.options import JsonOption

if TYPE_CHECKING:
    from boxwork.importing.imported import Imported


def import_(
    config: Annotated[
        str,
        typer.Argument(
            metavar="CONFIG", help="A config.json, or the folder that it is in.", show_default=False
        ),
    ],
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where the spec is written; - is stdout, as without it.",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="What the spec is called.", show_default=False)
    ] = None,
    keys: Annotated[bool, typer.Option("--keys", help="Tell what became of every key.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a spec of a Hugging Face config.json.

    The spec extends the shipped one that is the nearest, and says what is different. Every key of
    the config is used, or known to change nothing of what the model computes; all others, and
    values that no spec can have, are refused.

    Examples:
        boxwork import config.json
        boxwork import config.json -o mine.yaml --name "My model" --keys
        boxwork import config.json --json
    """
    from boxwork.files import hold_writable, known_suffix
    from boxwork.importing.imported import import_config

    to_file = out if out not in (None, "-") else None
    if to_file is not None:
        known_suffix(to_file, (".yaml", ".yml"), "a spec")
        hold_writable(to_file)
    made = import_config(config, name)
    if to_file is not None:
        made.save(to_file)
        typer.echo(f"wrote {to_file}, which extends {made.base}", err=True)
    if as_json:
        print_json(_facts(made))
        return
    if to_file is None:
        typer.echo(made.text, nl=False)
    if keys:
        typer.echo("\n".join(_lines(made)), err=to_file is None)
    _remark(made)


def _facts(made: Imported) -> dict[str, object]:
    return {
        "name": made.name,
        "family": made.family,
        "extends": made.base,
        "spec": made.text,
        "left_out": made.left_out,
        "keys": [
            {"key": one.key, "value": one.value, "given": one.place is not None,
             "used": one.used, "for": one.to}
            for one in made.keys
        ],
    }  # fmt: skip


def _lines(made: Imported) -> Iterator[str]:
    """Every key with its value and what became of it, in columns."""
    from boxwork.commands.tables import columns

    rows = [[one.key, one.value, _became(one.to, used=one.used, given=one.place is not None)]
            for one in made.keys]  # fmt: skip
    yield from columns(rows)


def _became(to: str, *, used: bool, given: bool) -> str:
    if not used:
        return f"not needed: {to}"
    return f"→ {to}" if given else f"→ {to} (absent: the default)"


def _remark(made: Imported) -> None:
    """What is left out, and, on a terminal, that some keys are not needed."""
    if made.left_out:
        typer.echo(f"the head of {made.left_out} is left out: no spec of boxwork has it", err=True)
    unused = sum(not one.used for one in made.keys)
    if unused and sys.stderr.isatty():
        typer.echo(
            f"{unused} keys change nothing of what is computed (--keys lists them)", err=True
        )
