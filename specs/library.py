"""Finding specs and blocks: what is shipped, what is a file, and the catalogue's composites."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import boxwork.blocks
from boxwork.blocks.catalogue import composites, primitives
from boxwork.specs.diagnostics import Diagnostic, Reporter, SpecError
from boxwork.specs.hints import did_you_mean, shorten
from boxwork.specs.schema import read_block_file
from boxwork.specs.source import read
from boxwork.specs.spec import CompositeDecl

_FOLDER = Path(__file__).parent
_BLOCKS = Path(boxwork.blocks.__file__).parent


@cache
def shipped() -> Mapping[str, Path]:
    """The specs that come with boxwork, by name."""
    files = [*_FOLDER.glob("*.yaml"), *_FOLDER.glob("article/*.yaml")]
    files += _FOLDER.glob("gallery/*.yaml")
    return {path.stem: path for path in sorted(files) if path.stem != "codes"}


def find(target: str | Path, near: Path | None = None) -> Path:
    """The file of a spec: a shipped name, or a path (looked up beside ``near`` first)."""
    text = str(target)
    looks_like_path = isinstance(target, Path) or "/" in text or "\\" in text
    if not text.strip():
        raise SpecError([_unknown(text, Path())])
    if not looks_like_path and not text.endswith((".yaml", ".yml")):
        if text in shipped():
            return shipped()[text]
        if not _exists(Path(text)):
            raise SpecError([_unknown(text, near or Path())])
    path = Path(text)
    if near is not None and not path.is_absolute() and _exists(near / path):
        return near / path
    if path.name in (f"{path.stem}.yaml", f"{path.stem}.yml") and path.stem in shipped():
        _hold_shipped(path)
    return path


@cache
def shipped_data() -> Mapping[str, Path]:
    """The texts, pairs and tables that come with the specs, by file name."""
    files = (path for path in _FOLDER.glob("article/data/*") if path.suffix != ".json")
    return {path.name: path for path in sorted(files)}


def data(target: str | Path) -> Path:
    """A file to learn from: a path, or else the name of one that comes with boxwork."""
    path = Path(target)
    return path if _exists(path) else shipped_data().get(str(path), path)


def _hold_shipped(path: Path) -> None:
    """A file that is not there, but has the name of a shipped spec."""
    if not _exists(path):
        mend = f"the shipped spec is called `{path.stem}`, without {path.suffix}"
        raise SpecError([Diagnostic("BW001", f"there is no file {str(path)!r}", help=mend)])


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is too long
        return False


def shown(path: Path) -> str:
    """What a file is called in messages: short for what comes with boxwork."""
    for folder in (_FOLDER, _BLOCKS):
        if path.is_relative_to(folder):
            return f"boxwork/{folder.name}/{path.relative_to(folder).as_posix()}"
    return str(path)


def _unknown(text: str, near: Path) -> Diagnostic:
    files = [f"{text}{suffix}" for suffix in (".yaml", ".yml") if _exists(near / f"{text}{suffix}")]
    return Diagnostic(
        "BW001",
        f"no spec is named {shorten(text)!r}, and no file is there",
        help=f"did you mean the file `{files[0]}`?"
        if files
        else did_you_mean(text, shipped()) or "`boxwork list specs` shows what is shipped",
    )


@cache
def composite(name: str) -> CompositeDecl | None:
    """A composite of the catalogue, read once."""
    path = composites().get(name)
    if path is None:
        return None
    reporter = Reporter()
    decl = read_block_file(read(path, shown(path)), reporter)
    reporter.raise_errors()
    return decl


def block_names() -> list[str]:
    """Every block of the catalogue."""
    return sorted([*primitives(), *composites()])
