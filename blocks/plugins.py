"""Blocks of installed packages: the entry points of the group ``boxwork.blocks``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint

GROUP = "boxwork.blocks"


@dataclass(frozen=True, slots=True)
class Broken:
    """A plug-in that was skipped: its entry point, its package, and why."""

    name: str
    package: str
    reason: str

    def __str__(self) -> str:
        return f"the plug-in {self.name} of {self.package} is skipped: {self.reason}"


def discover(take: Callable[[object], None]) -> list[Broken]:
    """Load every plug-in and hand it to ``take``; those that fail are returned, not raised.

    An entry point names a block class, or a module that registers its blocks.
    """
    if not _any():
        return []
    from importlib.metadata import entry_points

    found = entry_points(group=GROUP)
    broken = []
    for point in sorted(found, key=lambda point: (point.name, point.value)):
        try:
            take(point.load())
        except (Exception, SystemExit) as error:
            broken.append(Broken(point.name, _package(point), _reason(error)))
    return broken


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.value


def _reason(error: BaseException) -> str:
    text = str(error).strip().split("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _any() -> bool:
    """Whether some package has entry points for us, without reading all metadata.

    ``entry_points`` takes longer than to check a spec, and mostly finds nothing.
    """
    return any(_speaks_of_us(file) for entry in sys.path for file in _entry_files(entry or "."))


def _entry_files(folder: str) -> Iterator[str]:
    if os.path.isfile(folder):  # noqa: PTH113  # a zip file: let importlib look into it
        yield folder
        return
    try:
        with os.scandir(folder) as entries:
            names = [e.path for e in entries if e.name.endswith((".dist-info", ".egg-info"))]
    except OSError:
        return
    yield from (f"{name}/entry_points.txt" for name in names)


def _speaks_of_us(file: str) -> bool:
    if not file.endswith("/entry_points.txt"):
        return True
    try:
        with open(file, "rb") as opened:  # noqa: PTH123
            return GROUP.encode() in opened.read()
    except OSError:
        return False
