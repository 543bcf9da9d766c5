"""A class held against the contract of a block, when it is registered."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Iterator
from dataclasses import Field, dataclass
from typing import Any

from boxwork.blocks.block import FAMILIES, Block, BlockError
from boxwork.blocks.grammar import ExpressionError, parse_condition
from boxwork.blocks.settings import REQUIRED, default_of, settings_of
from boxwork.blocks.types import ANY_SIZE, Port, parse_ports

NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
EXAMPLE = 'ports = "x: real[*] -> y: real[*]"'


def named(found: object) -> str:
    """The name of a class that is to be a block."""
    if not inspect.isclass(found):
        raise BlockError(
            f"a block is a class, and {found!r} is {_a(found)}",
            help="put @bw.register before `class Name(bw.Block):`",
        )
    if not issubclass(found, Block) or found is Block:
        raise BlockError(
            f"the class {found.__name__} is no block", help=f"class {found.__name__}(bw.Block): …"
        )
    if not NAME.fullmatch(found.__name__):
        better = "".join(part[:1].upper() + part[1:] for part in found.__name__.split("_"))
        raise BlockError(
            f"the block {found.__name__} needs another name: "
            "a capital letter first, then letters and digits",
            help=f"call it {better}" if NAME.fullmatch(better) else "",
        )
    return found.__name__


def made(cls: type[Block]) -> type[Any]:
    """The class as a frozen record of its settings, all that it declares being right."""
    name = cls.__name__
    if not cls.__doc__:
        raise BlockError(f"the block {name} has no docstring", help="say in one line what it does")
    _hold_ports(cls)
    if cls.family not in FAMILIES:
        raise BlockError(
            f"the block {name} is of no known family: {cls.family!r}",
            help=f"its colour in drawings is one of {', '.join(FAMILIES)}",
        )
    _coerce_defaults(cls)
    try:
        frozen = dataclass(frozen=True, kw_only=True)(cls)
    except (TypeError, ValueError) as error:
        raise BlockError(f"the block {name} cannot be made: {error}") from error
    try:
        settings_of(frozen)
    except KeyError as error:
        raise BlockError(
            f"a setting of {name} has no type of a setting: {error}",
            help="known: Size, DimName, float, bool, str, Literal[…], tuple[…, …], and … | None",
        ) from error
    except (NameError, TypeError, ValueError) as error:
        raise BlockError(f"a setting of {name} has no type of a setting: {error}") from error
    _hold_requirements(cls)
    return frozen


def _coerce_defaults(cls: type[Block]) -> None:
    """Defaults as settings have them; a plain 8 is good for a size, a plain 1 for a number."""
    try:
        hints = typing.get_type_hints(cls)
    except (NameError, TypeError):
        return  # said where the settings are read
    for name in inspect.get_annotations(cls):
        default = cls.__dict__.get(name, REQUIRED)
        if default is REQUIRED or isinstance(default, Field):
            continue
        try:
            setattr(cls, name, default_of(hints[name], default))
        except (KeyError, TypeError):
            continue  # said where the settings are read
        except ValueError as error:
            message = f"the default of {name}, a setting of {cls.__name__}: {error}"
            raise BlockError(message) from None


def _hold_ports(cls: type[Block]) -> None:
    name, ports = cls.__name__, getattr(cls, "ports", None)
    if not isinstance(ports, str):
        found = "declares no ports" if ports is None else f"declares ports that are {_a(ports)}"
        raise BlockError(f"the block {name} {found}", help=f"for example {EXAMPLE}")
    try:
        inputs, outputs = parse_ports(ports)
    except ExpressionError as error:
        where = f"at column {error.start + 1} of `{ports}`"
        raise BlockError(
            f"the ports of {name}: {error}, {where}", help=error.help or f"for example {EXAMPLE}"
        ) from error
    _hold_blanks(cls, inputs + outputs)
    names = [port.name for port in (*inputs, *outputs)]
    for again in _repeated([port.name for port in inputs]), _repeated(names[len(inputs) :]):
        if twice := next(again, ""):
            raise BlockError(f"the ports of {name}: `{twice}` stands there twice")
    for port in inputs:
        if port.default is not None and port.default not in names[: len(inputs)]:
            raise BlockError(
                f"the ports of {name}: {port.name} is to default to `{port.default}`, "
                "which is no input"
            )


def _hold_blanks(cls: type[Block], ports: tuple[Port, ...]) -> None:
    """Words for the sizes that the ports leave open, if there are any, are there for each."""
    dims = [dim for port in ports for dim in port.type.dims if dim is not None]
    count = sum(dim.text == ANY_SIZE for dim in dims)
    if cls.blanks and len(cls.blanks) != count:
        raise BlockError(
            f"`blanks` of {cls.__name__} is {len(cls.blanks)} long, and its ports have {count} `_`",
            help="one text for each `_` in the ports, in their order",
        )


def _repeated(names: list[str]) -> Iterator[str]:
    return (name for place, name in enumerate(names) if name in names[:place])


def _hold_requirements(cls: type[Block]) -> None:
    if not isinstance(cls.require, tuple):
        raise BlockError(
            f"`require` of {cls.__name__} is {_a(cls.require)}",
            help='it is a tuple of texts: require = ("width > 0",)',
        )
    for text in cls.require:
        try:
            parse_condition(text)
        except (ExpressionError, TypeError) as error:
            raise BlockError(f"`require` of {cls.__name__}: {error}, in {text!r}") from error


def _a(value: object) -> str:
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
