"""What a family of models is for the import: its keys, its specs, and how one becomes the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from boxwork.importing.config import Config
from boxwork.importing.keys import Key

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]
# A spec in pieces, each of which may be left out where the base says the same:
# ("dims", "heads") -> 12, ("set", "stack.*.attn", "with", "biased") -> True.
Pieces = dict[tuple[str, ...], Value]


@dataclass(frozen=True, slots=True)
class Family:
    """One ``model_type``.

    ``bases`` are the shipped specs that a config of it may extend; ``build`` makes the pieces
    of its spec, all of them, and reports to the config what they cannot be. ``classes`` are
    the architectures whose head the specs have, ``without`` those of which the head is left out.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    bases: tuple[str, ...]
    keys: Mapping[str, Key]
    build: Callable[[Config], Pieces]
    irrelevant: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()


def unread(config: Config, name: str, counts: str) -> None:
    """Report a key that transformers does not read, if it is not what the one that counts is."""
    if config.sound(name, counts) and config[name] not in (None, config[counts]):
        config.contradiction(
            f"{config.told(name)} is not read by transformers, which goes by {config.told(counts)}",
            name,
            help=f"leave {name} out" if counts in config else f"call it {counts}",
        )


def own_dims(config: Config, keys: Mapping[str, Key]) -> Pieces:
    """The dims that a key alone decides."""
    return {
        ("dims", declared.to.removeprefix("dims.")): config[name]
        for name, declared in keys.items()
        if declared.to.startswith("dims.")
    }
