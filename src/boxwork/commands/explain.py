"""``boxwork explain``: what a code of a diagnostic means, or what a block is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import typer

from boxwork.commands.guard import CallError, print_json
from boxwork.commands.options import JsonOption
from boxwork.commands.tables import columns

if TYPE_CHECKING:
    from boxwork.describe import Facts

WIDTH = 88
_CODE = re.compile(r"bw\d*|\d+", re.IGNORECASE)


def explain(
    what: Annotated[
        str,
        typer.Argument(
            metavar="CODE|BLOCK",
            help="The code of a diagnostic (BW203), or a block (Linear).",
            show_default=False,
        ),
    ],
    as_json: JsonOption = False,
) -> None:
    """Explain a block, or the code of a diagnostic.

    Of a block: formula, ports, settings with their defaults, parameters, source.

    Examples:
        boxwork explain BW203
        boxwork explain MultiHeadAttention
    """
    if _CODE.fullmatch(what.strip()):
        number = what.strip().upper().removeprefix("BW")
        _explain_code(f"BW{number}", as_json=as_json)
        return
    from boxwork.describe import describe
    from boxwork.specs.hints import did_you_mean
    from boxwork.specs.library import block_names

    facts = describe(what)
    if facts is None:
        hint = did_you_mean(what, block_names()) or "`boxwork list blocks` shows what there is"
        raise CallError(f"no block and no code is named `{what}`", hint)
    if as_json:
        print_json(facts.as_json())
    else:
        typer.echo("\n".join(_lines(facts)))


def _explain_code(code: str, *, as_json: bool) -> None:
    from boxwork.specs.codes import codes, explain

    text = explain(code)
    if text is None:
        from boxwork.specs.hints import did_you_mean

        group = [known for known in codes() if known[:3] == code[:3] and len(code) == len(known)]
        near = group or list(codes())
        raise CallError(
            f"there is no code {code}",
            did_you_mean(code, near) or f"the codes go from {min(near)} to {max(near)}",
        )
    if as_json:
        print_json(asdict(codes()[code]))
    else:
        typer.echo(text, nl=False)


def _lines(facts: Facts) -> Iterator[str]:
    """A block as a page of text."""
    kind = f"{facts.kind}, {facts.family}" if facts.family else facts.kind
    yield f"{facts.name} ({kind})"
    yield ""
    yield from wrap(facts.about, WIDTH)
    yield from _section("Formula", _statements(facts.texts.get("formula", "")))
    yield from _section("Inputs", facts.inputs)
    yield from _section("Outputs", facts.outputs)
    yield from _section("Settings", [_setting(text) for text in facts.settings])
    yield from _section("Requires", facts.require)
    yield from _section("Parameters", columns([list(item) for item in facts.parameters.items()]))
    yield from _section("Nodes", columns([list(item) for item in facts.nodes.items()]))
    if not facts.parameters:
        yield from _section("Shapes", wrap(facts.texts.get("shapes", ""), WIDTH - 2))
    for title in ("errors", "source"):
        yield from _section(title.capitalize(), wrap(facts.texts.get(title, ""), WIDTH - 2))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A heading and its lines, if there are any."""
    found = list(lines)
    if found:
        yield ""
        yield title
        yield from (f"  {line}" for line in found)


def _statements(formula: str) -> Iterator[str]:
    """A formula, one statement to a line."""
    for statement in formula.split("; "):
        yield from wrap(statement, WIDTH - 2, subsequent_indent="    ")


def _setting(text: str) -> str:
    return text if " = " in text else f"{text}   (must be given)"
