"""What is listed about configs: keys that change nothing, families that the gallery lacks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from boxwork.specs.keys import text_of
from boxwork.specs.source import read

_FOLDER = Path(__file__).parent


@cache
def irrelevant() -> Mapping[str, str]:
    """Keys of any family that say nothing about what is computed, and why."""
    return _texts("irrelevant.yaml")


@cache
def elsewhere() -> Mapping[str, str]:
    """Families that are not in the gallery, and what boxwork lacks for them."""
    return _texts("elsewhere.yaml")


def _texts(name: str) -> Mapping[str, str]:
    return {key.text: text_of(value) for key, value in read(_FOLDER / name).items}
