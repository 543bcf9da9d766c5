"""Reading a spec's text: from a file or a string to marked YAML, within bounds."""

from __future__ import annotations

import difflib
import os
import re
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import yaml

from boxwork.specs.diagnostics import Diagnostic, Source, Span, SpecError
from boxwork.specs.events import Builder, TooMuchError
from boxwork.specs.marked import Mapping, Marked, Scalar
from boxwork.specs.syntax import explain

MAX_BYTES = 2_000_000
LIBYAML_DEPTH = 1000

_LOADER = getattr(yaml, "CLoader", yaml.Loader)
# What YAML allows in a text; a byte order mark is cut off beforehand.
_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def read(path: str | os.PathLike[str], name: str = "", via: str = "") -> Mapping:
    """The marked YAML of a file, called ``name`` in messages; its top level must be a mapping.

    ``via`` is through what we came to it: ``extends: gpt2``.

    Raises:
        SpecError: with all that is wrong, if the file cannot be read as YAML.
    """
    file = os.fspath(path)
    return mapping(Source(name or file, _decode(file, _bytes(file)), via, file))


def mapping(source: Source) -> Mapping:
    """The marked YAML of a text whose top level is a mapping.

    Raises:
        SpecError: with all that is wrong, if it is no such YAML.
    """
    root = parse(source)
    if isinstance(root, Mapping):
        return root
    found = "a single value" if isinstance(root, Scalar) else "a list"
    raise _error(
        "BW017",
        f"a spec is a mapping, but this file holds {found}",
        Span(source, root.span.start, root.span.start + 1),
        label=f"{found} begins here",
        help="begin with `format: 1`, then `name:`, `dims:`, `inputs:`, `outputs:`, `nodes:`",
    )


def parse(source: Source, start: int = 0) -> Marked:
    """The marked YAML of a text, or of what follows a place in it.

    Only libyaml's events are used, one at a time: what is too deep or too long
    stops at once, whatever follows.

    Raises:
        SpecError: with all that is wrong with the text as YAML.
    """
    start += source.text.startswith("\ufeff", start)
    text = source.text[start:]
    _check_letters(source, text, start)
    builder = Builder(source, start)
    try:
        for event in _events(text):
            builder.take(event)
    except TooMuchError:
        pass
    except yaml.MarkedYAMLError as error:
        builder.reporter.add(explain(source, start, error))
    return builder.finish()


def _events(text: str) -> Iterator[yaml.Event]:
    """Libyaml's events, past our own bound on depth at least.

    Since 0.2.6 it has a bound of its own, 1,000 levels, and looks up to 1,024 letters ahead for
    the colon of a key: it may refuse a text before the event of our bound has come. The text cut
    off in between gives it.
    """
    seen = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            yield event
            seen += 1
    except yaml.MarkedYAMLError as error:
        if "nesting depth" not in (error.problem or "") or error.problem_mark is None:
            raise
        cut = text[: error.problem_mark.index - LIBYAML_DEPTH // 2]
        yield from islice(yaml.parse(cut, Loader=_LOADER), seen, None)


def _error(code: str, message: str, span: Span, *, label: str = "", help: str = "") -> SpecError:
    return SpecError([Diagnostic(code, message, span, label, help=help)])


def _bytes(name: str) -> bytes:
    """The contents of a regular file of a bounded size."""
    nowhere = Span(Source(name, ""), 0, 0)
    try:
        status = Path(name).stat()
        if stat.S_ISDIR(status.st_mode):
            raise _error(
                "BW002", f"{name} is a directory, not a file", nowhere, help=_specs_in(name)
            )
        if not stat.S_ISREG(status.st_mode):
            raise _error(
                "BW003",
                f"{name} is no regular file (a device or a pipe)",
                nowhere,
                help="write the spec into a file and name that",
            )
        if status.st_size > MAX_BYTES:
            raise _too_large(name, status.st_size)
        with Path(name).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise _error(
            "BW001", f"there is no file {name!r}", nowhere, help=_similar_file(name)
        ) from None
    except PermissionError:
        raise _error(
            "BW004",
            f"{name} may not be read: permission denied",
            nowhere,
            help="change its permissions, or name a copy of it",
        ) from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise _error("BW004", f"{name} cannot be read: {reason}", nowhere) from None
    if len(data) > MAX_BYTES:
        raise _too_large(name, len(data))
    return data


def _too_large(name: str, size: int) -> SpecError:
    return _error(
        "BW005",
        f"{name} is too large for a spec: {size / 1e6:,.1f} MB; "
        f"at most {MAX_BYTES / 1e6:g} MB are read",
        Span(Source(name, ""), 0, 0),
        help="is it a weight file? a spec is YAML text; repeated layers are written once",
    )


def _specs_in(folder: str) -> str:
    found = sorted(p.name for p in islice(Path(folder).glob("*.yaml"), 100))
    return f"name a file in it, such as {Path(folder) / found[0]}" if found else ""


def _similar_file(name: str) -> str:
    """A file beside the missing one that may have been meant."""
    try:
        path = Path(name)
        if path.is_symlink():
            return f"it is a link that points to nothing: {path.readlink()}"
    except (OSError, ValueError):
        return ""
    near = near_file(path)
    return f"did you mean {path.with_name(near)}?" if near else ""


def near_file(path: Path, but: str = "") -> str | None:
    """The name of the file beside a missing one that was most likely meant; not that of one."""
    try:
        names = [entry.name for entry in islice(path.parent.iterdir(), 1000) if entry.name != but]
    except (OSError, ValueError):
        return None
    return next(iter(difflib.get_close_matches(path.name, names, 1)), None)


def _decode(name: str, data: bytes) -> str:
    """The text of a file's bytes; a byte order mark is dropped."""
    nowhere = Span(Source(name, ""), 0, 0)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _error("BW006", f"{name} is UTF-16 text", nowhere, help="save it as UTF-8")
    zero = data.find(0)
    if zero >= 0:
        line = data.count(b"\n", 0, zero) + 1
        message = f"{name} is no text: byte {zero} (in line {line}) is zero"
        raise _error(
            "BW006", message, nowhere, help="a spec is YAML in UTF-8; is this a weight file?"
        )
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        place = len(data[: error.start].decode())
        line = data.count(b"\n", 0, error.start) + 1
        raise _error(
            "BW006",
            f"{name} is not UTF-8: byte {error.start} (in line {line}) "
            f"is 0x{data[error.start]:02x}",
            Span(Source(name, data.decode(errors="replace")), place, place + 1),
            help="save the file as UTF-8",
        ) from None


def _check_letters(source: Source, text: str, base: int) -> None:
    bad = _FORBIDDEN.search(text)
    if not bad:
        return
    start = bad.start() + base
    what = "a byte order mark" if bad[0] == "\ufeff" else "a control character"
    raise _error(
        "BW006",
        f"U+{ord(bad[0]):04X}, {what}, stands in the text",
        Span(source, start, start + 1),
        help="remove it" if bad[0] == "\ufeff" else 'remove it, or write "\\u…" in double quotes',
    )
