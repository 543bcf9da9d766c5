"""Checkpoints: all that a training needs to go on as if it had never stopped, in one file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from boxwork.engines.learning.options import Options
from boxwork.engines.learning.train import Record, Trainer, layer_of
from boxwork.engines.parameters.tensors import fill
from boxwork.engines.parameters.weights import CHECKPOINT, broken
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.hints import did_you_mean
from boxwork.specs.output import write

Array = np.ndarray[Any, Any]
VERSION = 1
SUFFIX = ".checkpoint"
PARAMETERS, STATE, RECORD, LAYERS = "parameters/", "optimiser/", "record/", "layers/"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a training is of; another one must not go on with its checkpoint.

    ``spec`` and ``data`` are fingerprints.
    """

    name: str
    spec: str
    data: str
    loss: str
    dtype: str


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds; ``path`` is where it was read."""

    path: Path
    identity: Identity
    options: Options
    done: int
    arrays: Mapping[str, Array]

    def parameters(self) -> dict[str, Array]:
        """The parameters by path."""
        return self._under(PARAMETERS)

    def restore(self, trainer: Trainer) -> None:
        """Put a trainer of the same training where this one was."""
        try:
            trainer.parameters.fill(self.parameters())
            for name, row in trainer.optimiser.state.items():
                kept = self._under(f"{STATE}{name}/")
                for path, view in trainer.parameters.laid_over(row).items():
                    np.copyto(view, kept[path])
            record, layers = self._under(RECORD), self._under(LAYERS)
            order = dict.fromkeys(layer_of(path) for path in trainer.parameters.views)
            trainer.record = Record(
                record["losses"].tolist(),
                record["examples"].tolist(),
                record["norms"].tolist(),
                {name: layers[name].tolist() for name in order if name in layers},
            )
        except (KeyError, ValueError) as error:
            raise _error("BW530", f"{self.path} lacks parts of a checkpoint: {error}") from error
        trainer.done = self.done

    @property
    def norms(self) -> bool:
        """Whether norms of the gradient are kept by layer."""
        return bool(self._under(LAYERS))

    def hold_spec(self, name: str, fingerprint: str) -> None:
        """Refuse to go on with another spec."""
        own = self.identity
        if own.spec == fingerprint:
            return
        which = f"of {own.name}" if own.name != name else f"of another version of {name}"
        message = f"{self.path} is a checkpoint {which}, not of {name} as it is here"
        hint = "give the same spec and the same --set, or train anew without --resume"
        raise _error("BW532", message, hint)

    def hold(self, identity: Identity, given: Mapping[str, Any], *, norms: bool = False) -> None:
        """Refuse to go on with other data or options; ``given`` are the options asked for.

        Raises:
            DataError: with all that differs.
        """
        wrong = [*self._other(identity), *self._changed(given)]
        if norms and not self.norms:
            message = f"{self.path} has kept no norms of the steps before"
            wrong.append(Diagnostic("BW532", message, help="leave --norms out to go on with it"))
        if wrong:
            raise DataError(wrong)

    def _other(self, identity: Identity) -> Iterator[Diagnostic]:
        own = self.identity
        if own.data != identity.data and own.loss == identity.loss:  # it decides what is wanted
            message = f"{self.path} was trained on other data than this"
            hint = "give the same file, unchanged; or start from its weights on this one: --weights"
            yield Diagnostic("BW532", message, help=hint)
        for what in ("loss", "dtype"):
            was, now = getattr(own, what), getattr(identity, what)
            if was != now:
                message = f"{self.path} was trained with the {what} {was}, not {now}"
                yield Diagnostic("BW532", message, help=f"leave --{what} out to go on with it")

    def _changed(self, given: Mapping[str, Any]) -> Iterator[Diagnostic]:
        own = self.options.facts()
        for name, now in given.items():
            if now == own[name]:
                continue
            if name == "steps" and self.options.schedule == "constant" and now > self.done:
                continue
            was = f"{name} = {own[name]}"
            if name == "epochs":  # what was asked for is kept as steps
                was, now = f"steps = {own['steps']}", f"epochs = {now}"
            message = f"{self.path} was trained with {was}, not {now}"
            hint = f"leave --{name} out to go on with it, or train anew without --resume"
            if name == "steps" and self.options.schedule != "constant":
                hint += "; the rate falls until the last step, so more of them are another training"
            yield Diagnostic("BW532", message, help=hint)

    def _under(self, start: str) -> dict[str, Array]:
        return {
            name.removeprefix(start): array
            for name, array in self.arrays.items()
            if name.startswith(start)
        }


def save(
    path: str | Path, trainer: Trainer, identity: Identity, parameters: Mapping[str, Array]
) -> None:
    """Write a checkpoint; the file is there whole, or the one before it still is.

    ``parameters`` are all by path: also those that are not trained.
    """
    arrays = {f"{PARAMETERS}{name}": view for name, view in parameters.items()}
    for name, row in trainer.optimiser.state.items():
        laid = trainer.parameters.laid_over(row).items()
        arrays |= {f"{STATE}{name}/{inside}": view for inside, view in laid}
    record = trainer.record
    arrays[f"{RECORD}losses"] = np.array(record.losses, np.float64)
    arrays[f"{RECORD}examples"] = np.array(record.examples, np.int64)
    arrays[f"{RECORD}norms"] = np.array(record.norms, np.float64)
    arrays |= {f"{LAYERS}{name}": np.array(row) for name, row in record.layers.items()}
    facts = {
        "version": VERSION,
        "done": trainer.done,
        "options": trainer.options.facts(),
        "identity": {name: getattr(identity, name) for name in Identity.__slots__},
    }
    write(path, lambda file: fill(file, arrays, {CHECKPOINT: json.dumps(facts)}))


def load(path: str | Path) -> Checkpoint:
    """Read a checkpoint; of a folder, the one in it.

    Raises:
        DataError: if there is none, it is cut off, of another version, or something else.
    """
    from safetensors import SafetensorError, safe_open

    file = _found(Path(path))
    try:
        file.open("rb").close()  # safetensors gives one reason for whatever the system refuses
        with safe_open(file, framework="np") as content:
            told = (content.metadata() or {}).get(CHECKPOINT)
            if told is None:
                hint = f"to start from these weights: --weights {file}"
                raise _error("BW530", f"{file} is no checkpoint of a training", hint)
            facts = _facts(file, told)
            arrays = {name: content.get_tensor(name) for name in content.keys()}  # noqa: SIM118
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise _error("BW501", f"cannot read {file}: {reason}") from error
    except SafetensorError as error:
        raise broken(file, str(error)) from error
    try:
        options, identity = Options(**facts["options"]), Identity(**facts["identity"])
        return Checkpoint(file, identity, options, int(facts["done"]), arrays)
    except (KeyError, TypeError, ValueError) as error:
        raise _error("BW530", f"{file} lacks parts of a checkpoint: {error}") from error


def _facts(file: Path, told: str) -> dict[str, Any]:
    try:
        facts = json.loads(told)
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        raise _error("BW530", f"{file} is no checkpoint of a training")
    version = facts.get("version")
    if version != VERSION:
        message = f"{file} is a checkpoint of version {version}; this boxwork reads {VERSION}"
        raise _error("BW531", message, "go on with the boxwork that wrote it, or train anew")
    return facts


def _found(path: Path) -> Path:
    """The file itself, or the only checkpoint of a folder."""
    if path.is_dir():
        inside = sorted(path.glob(f"*{SUFFIX}"))
        if len(inside) == 1:
            return inside[0]
        if not inside:
            raise _error("BW501", f"there is no *{SUFFIX} file in {path}")
        names = ", ".join(one.name for one in inside[:8])
        raise _error("BW501", f"there are {len(inside)} checkpoints in {path}: {names}", "name one")
    if not path.exists():
        try:
            near = did_you_mean(path.name, sorted(one.name for one in path.parent.iterdir()))
        except OSError:
            near = ""
        raise _error("BW501", f"there is no file {path}", near)
    if not path.is_file():
        raise _error("BW501", f"cannot read {path}: it is no regular file")
    return path


def _error(code: str, message: str, hint: str = "") -> DataError:
    return DataError([Diagnostic(code, message, help=hint)])
