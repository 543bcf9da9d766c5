"""``--in name=value``: text, numbers, JSON, or a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boxwork.commands.arrayfiles import SUFFIXES, parse_json, read
from boxwork.commands.guard import CallError
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.hints import did_you_mean, shorten
from boxwork.specs.textfile import read_text, similar

if TYPE_CHECKING:
    from boxwork.api import Graph

HOW = "--in tokens='some text', --in features=1,2.5,3, --in tokens=[1,2,3] or --in tokens=@file.npy"
TEXT = ".txt"
UNNAMED = "arr_0"  # what NumPy calls an array of an .npz that was given no name


def inputs(graph: Graph, given: Sequence[str]) -> dict[str, Any]:
    """The inputs of a run by name, as the shell gave them.

    Raises:
        DataError: if a file or a number cannot be read.
    """
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if equals:
            _check_name(graph, name.strip())
            new = {name.strip(): _value(graph, name.strip(), value)}
        elif text.lower().endswith((".npz", ".json")):
            new = _by_name(Path(text.removeprefix("@")))
        else:
            raise CallError(f"`--in {shorten(text)}` is not written NAME=VALUE", HOW)
        for again in found.keys() & new.keys():
            raise CallError(f"the input {again} is given twice")
        found |= new
    return found


def _check_name(graph: Graph, name: str) -> None:
    """The name is held first: it decides how the value is read."""
    if name not in graph.inputs:
        hint = did_you_mean(name, graph.inputs)
        raise DataError([Diagnostic("BW401", f"{graph.name} has no input `{name}`", help=hint)])


def _by_name(path: Path) -> dict[str, Any]:
    """All inputs from one file."""
    content = read(path)
    if isinstance(content, Mapping):
        return dict(content)
    raise _unreadable(f"{path} holds no inputs by name", 'it must be like {"tokens": [1, 2, 3]}')


def _value(graph: Graph, name: str, text: str) -> Any:
    path = Path(text.removeprefix("@"))
    reads_text = graph.interpretation.tokenizer(name) is not None
    named = path.suffix.lower() in (*SUFFIXES, TEXT)
    if text.startswith("@") or (named and _is_file(name, text, reads_text)):
        return _from_file(name, path)
    if text.lstrip().startswith(("[", '"')) and (not reads_text or _is_json(text)):
        return _json(name, text)
    if reads_text:
        return text
    numbers = _numbers(name, text)
    single = name in graph.inputs and not graph.inputs[name].dims and len(numbers) == 1
    return numbers[0] if single else numbers


def _is_file(name: str, text: str, reads_text: bool) -> bool:
    """Whether what is written as the name of a file is one; if not, it may hold spaces."""
    if _is_there(Path(text)) or len(text.split()) != 1:
        return _is_there(Path(text))
    hint = similar(Path(text))
    if reads_text:
        hint = f"if it is meant as text, write it as JSON: --in '{name}=\"{text}\"'"
    raise _unreadable(f"{name}: there is no file {text}", hint)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long, or with a zero in it
        return False


def _from_file(name: str, path: Path) -> Any:
    """One input from a file: its array, or the one of its name if there are several."""
    if path.suffix.lower() == TEXT:
        return read_text(path, empty=True)
    content = read(path, (*SUFFIXES, TEXT))
    if not isinstance(content, Mapping):
        return content
    if name in content:
        return content[name]
    if list(content) == [UNNAMED]:
        return content[UNNAMED]
    known = ", ".join(map(str, content)) or "nothing"
    hint = f"it holds {known}; an .npy file, or a list in a .json file, needs no name"
    raise _unreadable(f"{path} holds no `{name}`", hint)


def _is_json(text: str) -> bool:
    try:
        parse_json(text)
    except ValueError:
        return False
    return True


def _json(name: str, text: str) -> Any:
    try:
        return parse_json(text)
    except ValueError as error:
        message = f"the value of {name} is no JSON: {error}"
        raise _unreadable(message, f"for example {HOW}") from None


def _numbers(name: str, text: str) -> list[int | float]:
    """``32,107,56,11.2``, or the same with spaces."""
    pieces = [piece.strip() for piece in text.split(",")] if "," in text else text.split()
    return [_number(name, piece) for piece in pieces if piece]


def _number(name: str, piece: str) -> int | float:
    for kind in (int, float):
        try:
            return kind(piece)
        except ValueError:
            continue
    hint = "the spec names no tokenizer for it, so it takes numbers: 1,2,3 or a file: @file.npy"
    raise _unreadable(f"{name}: `{shorten(piece, 30)}` is no number", hint)


def _unreadable(message: str, hint: str = "") -> DataError:
    return DataError([Diagnostic("BW416", message, help=hint)])
