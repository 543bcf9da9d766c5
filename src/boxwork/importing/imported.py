"""A config.json, read: the spec that it is, and what became of each of its keys."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

from boxwork.importing.config import Config, Taken
from boxwork.importing.document import read_object
from boxwork.importing.families import FAMILIES
from boxwork.importing.family import Family, Pieces
from boxwork.importing.keys import Key, described, flag, number, table, words
from boxwork.importing.reasons import elsewhere, irrelevant
from boxwork.importing.shortest import shortest
from boxwork.importing.yamltext import variant
from boxwork.specs import marked, output
from boxwork.specs.diagnostics import Reporter, Span, SpecError
from boxwork.specs.hints import closest, shorten

MAX_SHOWN = 50
LACKING = "a family of boxwork is of one kind, which this changes"

# What every config may say, and no spec can be other than.
COMMON: Mapping[str, Key] = {
    "architectures": words("the class, whose head must be that of the family"),
    "is_decoder": flag(False, "").allowing(False, lacking=LACKING),
    "is_encoder_decoder": flag(False, "").allowing(False, lacking=LACKING),
    "cross_attention_hidden_size": number(None, "", null=True).allowing(None, lacking=LACKING),
    "pruned_heads": table("").allowing(None, lacking="heads that were cut out"),
    "per_layer_config": table("").allowing(None, lacking="sizes that differ from layer to layer"),
}


@dataclass(frozen=True, slots=True)
class Imported:
    """A spec made of a config: ``text`` is its YAML, ``keys`` what became of each key."""

    name: str
    family: str
    base: str
    text: str
    keys: tuple[Taken, ...]
    left_out: str = ""  # the class whose head is not part of the spec

    def save(self, path: str | Path) -> None:
        """Write the spec, whole or not at all.

        Raises:
            DataError: if it cannot be written.
        """
        output.write(path, self.text)

    def __str__(self) -> str:
        return self.text


def import_config(path: str | Path, name: str | None = None) -> Imported:
    """Read a Hugging Face ``config.json`` and make a spec of it that extends a shipped one.

    Args:
        path: the file, or the folder of a model that it is in.
        name: what the spec is called; else what the config, its folder or its file is called.

    Raises:
        SpecError: with every key that is unknown, wrong or cannot be represented.
        DataError: if the file cannot be read.
    """
    path = _file(_path(path))
    tree = read_object(path)
    reporter = Reporter()
    family = _family(tree, reporter)
    keys = {**COMMON, **family.keys}
    config = Config(tree, keys, {**irrelevant(), **family.irrelevant}, reporter, family.title)
    left_out = _class(config, family)
    pieces = family.build(config)
    _raise(reporter)
    base, needed = _shortest(family, pieces, config)
    called = name or _name(tree, path)
    texts = {"name": called}
    if needed:  # else it is the base, and what is said of that holds
        texts["about"] = f"{family.title} with the sizes and settings of a config.json."
        texts["source"] = f"{path.name}, a config of the family {family.name}"
    text = variant(base, texts, needed)
    return Imported(called, family.name, base, text, tuple(config.taken()), left_out)


def _file(path: Path) -> Path:
    """The config of a model that lies in a folder, or the file that was named."""
    inside = path / "config.json"
    with suppress(OSError, ValueError):  # a name that no file can have
        return inside if path.is_dir() and inside.exists() else path
    return path


def _family(tree: marked.Mapping, reporter: Reporter) -> Family:
    """The family that ``model_type`` names."""
    named = tree.get("model_type")
    known = f"boxwork imports {', '.join(FAMILIES)}"
    start = Span(tree.span.source, tree.span.start, tree.span.start + 1)
    if named is None:
        message = "the config has no `model_type`, so its family is not known"
        reporter.error("BW571", message, start, help=f'add "model_type": …; {known}')
    elif not isinstance(named, marked.Scalar) or named.plain:
        message = f"`model_type` must be a text, not {described(named)}"
        reporter.error("BW573", message, named.span, help=known)
    elif named.text in FAMILIES:
        return FAMILIES[named.text]
    elif lacks := elsewhere().get(named.text):
        message = f"boxwork has no spec of the family {named.text}: {lacks}"
        reporter.error("BW571", message, named.span, help=known)
    else:
        near = closest(named.text, FAMILIES)
        meant = f"did you mean `{near}`? " if near else ""
        message = f"boxwork knows no family {shorten(named.text)!r} of configs"
        reporter.error("BW571", message, named.span, help=meant + known)
    raise SpecError(reporter.found)


def _class(config: Config, family: Family) -> str:
    """The class must be one whose head the specs have; or it is given back, to tell of its head."""
    given: tuple[marked.Scalar, ...] = config["architectures"] or ()
    for one in given:
        if one.text not in (*family.classes, *family.without):
            config.reporter.error(
                "BW575",
                f"`architectures` names {shorten(one.text)}: boxwork's {family.title} is a "
                f"{' or '.join(family.classes)}, another class has another head",
                one.span,
                help=f"if the head is to be that of {family.classes[0]}, write this",
            )
    return next((one.text for one in given if one.text in family.without), "")


def _shortest(family: Family, pieces: Pieces, config: Config) -> tuple[str, Pieces]:
    """The base and what it lacks; what only the blocks themselves refuse is told of the config."""
    try:
        return shortest(family.bases, pieces)
    except SpecError as error:
        for found in error.diagnostics:
            message = f"no spec can be what this config says: {found.message}"
            config.reporter.error("BW575", message, config.span(), help=found.help)
        raise SpecError(config.reporter.in_order()) from None


def _name(tree: marked.Mapping, path: Path) -> str:
    """What to call it: what the config is called, else its folder if the file is config.json."""
    for key in ("_name_or_path", "name_or_path"):
        value = tree.get(key)
        if isinstance(value, marked.Scalar) and (text := shorten(value.text.strip("/ "))):
            return text.rsplit("/", 1)[-1]
    stem = path.stem if path.stem != "config" else path.absolute().parent.name
    return shorten(stem) or "Imported"


def _path(given: object) -> Path:
    if not isinstance(given, str | PathLike):
        found = type(given).__name__
        raise TypeError(f"import_config takes the path of a config.json, and was given: {found}")
    return Path(given)


def _raise(reporter: Reporter) -> None:
    """Raise what was found, the first of it if it is much."""
    errors = reporter.in_order()
    if len(errors) > MAX_SHOWN:
        last = errors[MAX_SHOWN - 1]
        more = f"{len(errors) - MAX_SHOWN} more things are wrong"
        errors[MAX_SHOWN - 1 :] = [replace(last, help="; ".join(filter(None, (last.help, more))))]
    if errors:
        raise SpecError(errors)
