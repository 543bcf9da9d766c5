"""What a model does beyond one run: it learns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boxwork import arguments

if TYPE_CHECKING:
    from boxwork.history import History
    from boxwork.specs.spec import Spec


class Learning(ABC):
    """The part of a model that is trained."""

    @abstractmethod
    def _learning(self) -> tuple[Spec, Mapping[str, Any]]:
        """What is trained: the spec, and its arrays by path."""

    def train(
        self,
        *,
        text: str | Path | None = None,
        pairs: Path | str | Iterable[Sequence[str]] | None = None,
        table: Path | str | Iterable[Sequence[Any]] | None = None,
        batches: Iterable[Mapping[str, Any]] | None = None,
        loss: str | None = None,
        norms: bool = False,
        save: str | Path | None = None,
        every: int = 100,
        resume: str | Path | None = None,
        **options: Any,
    ) -> History:
        """Train the parameters in place; what was seen on the way comes back.

        Args:
            text: a text whose every next token is learned; a Path is read as a file.
            pairs: sources and targets, tab-separated lines if they are a text or a file.
            table: rows of features and labels, CSV if they are a text or a file.
            batches: inputs by name, with what is ``wanted`` of the output among them.
            loss: the name of a loss; by what the output means, if none is given.
            norms: keep the norms of the gradient by layer.
            save: a file for checkpoints.
            every: how many steps there are from one checkpoint to the next.
            resume: a checkpoint to go on with, bit for bit.
            **options: ``steps=600, batch=16, rate=3e-3, seed=0`` and what else
                `boxwork.engines.learning.options.Options` has.

        Raises:
            DataError: if what is given does not suit the spec, or the loss becomes infinite.
        """
        from boxwork.materials import given
        from boxwork.training import train

        spec, arrays = self._learning()
        return train(
            spec,
            arrays,
            given(text=text, pairs=pairs, table=table, batches=batches),
            options,
            loss=loss,
            norms=norms,
            save=save,
            every=max(arguments.count(every, "every"), 1),
            resume=resume,
        )
