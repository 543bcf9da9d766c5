"""Patterns of layers: one word for each, of the right number, folded into a cycle."""

from __future__ import annotations

from collections.abc import Sequence

from boxwork.importing.config import Config
from boxwork.specs.hints import shorten
from boxwork.specs.marked import Scalar

NEAR, FAR = "sliding_attention", "full_attention"


def layer_types(config: Config, otherwise: Sequence[str]) -> list[str]:
    """``layer_types`` of a config, whether each layer sees a window or all; or what else it says.

    ``otherwise`` is what the other keys make of it, if ``layer_types`` is absent.
    """
    given: tuple[Scalar, ...] | None = config["layer_types"]
    if given is None:
        return list(otherwise)
    for place, item in enumerate(given):
        if item.text not in (NEAR, FAR):
            config.reporter.error(
                "BW575",
                f"`layer_types` says {shorten(item.text)!r} of layer {place}: "
                f"boxwork's {config.family} has no such layers",
                item.span,
                help=f"known: {NEAR}, {FAR}",
            )
            return list(otherwise)
    if _of_length(config, "layer_types", len(given)):
        return [item.text for item in given]
    return list(otherwise)


def switched(config: Config, name: str, otherwise: Sequence[bool]) -> list[bool]:
    """A list of 0 and 1, one for each layer; it may be longer than the layers are many."""
    given: tuple[Scalar, ...] | None = config[name]
    if given is None:
        return list(otherwise)
    layers = len(otherwise)
    if len(given) < layers:
        _of_length(config, name, len(given))
        return list(otherwise)
    return [item.text == "1" for item in given[:layers]]


def windowed(config: Config, types: Sequence[str]) -> list[bool]:
    """Which layers see a window; those that ``layer_types`` names must have one."""
    near = [one == NEAR for one in types]
    if any(near) and not on(config) and config.sound("use_sliding_window", "sliding_window"):
        config.contradiction(
            f"`layer_types` names layers that see a window, but {config.told('use_sliding_window')}"
            f" and {config.told('sliding_window')} give none",
            "layer_types",
        )
    return [one and on(config) for one in near]


def on(config: Config) -> bool:
    """Whether layers may see a window."""
    return config["use_sliding_window"] and config["sliding_window"] is not None


def _of_length(config: Config, name: str, length: int) -> bool:
    if length == config["num_hidden_layers"]:
        return True
    if config.sound("num_hidden_layers"):
        told = config.told("num_hidden_layers")
        message = f"`{name}` tells of {length} layers, but {told} says how many there are"
        config.contradiction(message, name)
    return False
