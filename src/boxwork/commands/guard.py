"""Whatever goes wrong in a command becomes a report and an exit status, never a traceback."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from traceback import extract_tb
from typing import IO

import typer

from boxwork.specs.diagnostics import BoxworkError, Diagnostic
from boxwork.streams import FAULT, INTERRUPTED, MISUSE, NO_READER, WRONG, silence

TRACEBACK = "BOXWORK_TRACEBACK"
# What the words of the call choose, not the spec or the data: a suffix, an accelerator, an option
# of a training, what is varied, a loss.
CHOSEN = frozenset({"BW508", "BW544", "BW466", "BW560", "BW561", "BW582"})


class CallError(Exception):
    """A call that is wrong, and how to call it right; the exit status is 2."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"error: {message}" + (f"\nhelp: {hint}" if hint else ""))


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose errors are reported; with ``--json`` on stdout, as JSON."""

    @wraps(command)
    def run(*args: object, **options: object) -> None:
        with _reported(as_json=bool(options.get("as_json"))):
            command(*args, **options)

    return run


@contextmanager
def _reported(*, as_json: bool) -> Iterator[None]:
    try:
        yield
    except BoxworkError as error:
        _tell(error.diagnostics, as_json=as_json)
        raise typer.Exit(status(error.diagnostics)) from None
    except CallError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(MISUSE) from None
    except BrokenPipeError:
        silence()
        raise typer.Exit(NO_READER) from None
    except OSError as error:
        if error.filename is None:  # the output itself
            raise
        _tell([_refused(error)], as_json=as_json)
        raise typer.Exit(WRONG) from None
    except MemoryError:
        _tell([Diagnostic("BW420", "the memory of this machine is not enough")], as_json=as_json)
        raise typer.Exit(WRONG) from None
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except (typer.Exit, typer.BadParameter, typer.Abort):
        raise
    except Exception as error:
        if type(error).__module__.startswith("typer.") or os.environ.get(TRACEBACK):
            raise
        typer.echo(_fault(error), err=True)
        raise typer.Exit(FAULT) from None


def status(diagnostics: Iterable[Diagnostic]) -> int:
    """The exit status: that of a wrong call, if nothing else is wrong."""
    return MISUSE if all(found.code in CHOSEN for found in diagnostics) else WRONG


def _refused(error: OSError) -> Diagnostic:
    """What the system would not do."""
    return Diagnostic("BW509", f"{error.filename}: {(error.strerror or str(error)).lower()}")


def _fault(error: Exception) -> str:
    """A fault of boxwork or of a block that somebody added: where it is, in a line or two."""
    frames = extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return (
        f"internal error: {type(error).__name__}: {error}{where}\n"
        f"help: this is a fault of boxwork or of an added block, not yours; "
        f"{TRACEBACK}=1 shows where"
    )


def warn(diagnostics: Iterable[Diagnostic]) -> None:
    """Warnings on stderr; they change no exit status."""
    found = list(diagnostics)
    if found:
        _tell(found, as_json=False)


def print_json(facts: object) -> None:
    """Facts for machines, on stdout."""
    typer.echo(json.dumps(facts, indent=2, ensure_ascii=False, allow_nan=False))


def coloured(stream: IO[str]) -> bool:
    """Whether a stream is a terminal that wants colours."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not plain


def _tell(diagnostics: Iterable[Diagnostic], *, as_json: bool) -> None:
    from boxwork.specs import report

    if as_json:
        print_json({"diagnostics": [report.as_json(found) for found in diagnostics]})
        return
    text = report.report_all(diagnostics, color=coloured(sys.stderr))
    # Not through typer.echo: it would take the colours away again, or leave them to itself.
    sys.stderr.write(f"{text}\n")
