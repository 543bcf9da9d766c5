"""The verbs of the command line, one to a module."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated

import typer

from boxwork.commands.check import check
from boxwork.commands.compare import compare
from boxwork.commands.count import count
from boxwork.commands.demo import demo
from boxwork.commands.draw import draw
from boxwork.commands.expand import expand
from boxwork.commands.explain import explain
from boxwork.commands.generate import generate
from boxwork.commands.guard import guarded
from boxwork.commands.importing import import_
from boxwork.commands.listing import list_
from boxwork.commands.run import run
from boxwork.commands.schema import schema
from boxwork.commands.sweep import sweep
from boxwork.commands.tokenize import tokenize
from boxwork.commands.train import train
from boxwork.commands.verb import Verb
from boxwork.commands.vocabulary import vocabulary


def _verbatim(help: str) -> str:
    """A command's help with its examples left as they are: a backspace says so."""
    return help.replace("Examples:\n", "\b\nExamples:\n")


app = typer.Typer(
    name="boxwork",
    help="Neural architectures drawn as boxes: one YAML file, checked, run and drawn.",
    epilog="Try: boxwork demo, boxwork check gpt2, boxwork COMMAND --help",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

VERBS: dict[str, Callable[..., None]] = {
    "check": check,
    "count": count,
    "draw": draw,
    "compare": compare,
    "run": run,
    "train": train,
    "sweep": sweep,
    "generate": generate,
    "vocabulary": vocabulary,
    "tokenize": tokenize,
    "expand": expand,
    "import": import_,
    "list": list_,
    "explain": explain,
    "schema": schema,
    "demo": demo,
}
for name, verb in VERBS.items():
    app.command(name, cls=Verb, help=_verbatim(inspect.getdoc(verb) or ""))(guarded(verb))


def _version(asked: bool) -> None:
    if asked:
        from boxwork import __version__

        typer.echo(f"boxwork {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", help="Print the version.", is_eager=True, callback=_version
        ),
    ] = False,
) -> None:
    pass
