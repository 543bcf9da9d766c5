"""How far long work is: a bar on a terminal, a plain line now and then in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LINES = 10  # told in a pipe, over the whole work

Tell = Callable[[int, str], None]  # how many steps are done, and what there is to say


@contextmanager
def progress(
    what: str, total: int, done: int = 0, *, quiet: bool = False, unit: str = "step"
) -> Iterator[Tell]:
    """Tell how far work of so many steps is, on stderr; ``unit`` is what a step is called."""
    if quiet:
        yield lambda step, said: None
    elif sys.stderr.isatty():
        with _bar(what, total, done) as tell:
            yield tell
    else:
        each = max(total // LINES, 1)

        def line(step: int, said: str) -> None:
            if step % each == 0 or step == total:
                sys.stderr.write(f"{unit} {step} of {total}: {said}\n")

        yield line


@contextmanager
def _bar(what: str, total: int, done: int) -> Iterator[Tell]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[said]}", markup=False),
        TimeLeft(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=total, completed=done, said="")
        yield lambda step, said: bar.update(task, completed=step, said=said)
