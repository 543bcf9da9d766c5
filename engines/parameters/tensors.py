"""Arrays written as safetensors: the same arrays and facts give the same bytes."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Mapping
from typing import IO, Any

import numpy as np

Array = np.ndarray[Any, Any]
LENGTH = 8  # bytes before the header that tell its length


def fill(file: IO[bytes], arrays: Mapping[str, Array], facts: Mapping[str, str]) -> None:
    """Write arrays into an open file: by its name if it has its own, so no copy is made.

    safetensors writes memory as it lies, and so would mix up arrays that are views of others.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import save as bytes_of
    from safetensors.numpy import save_file

    known = dict(facts)
    whole = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        content = bytes_of(whole, metadata=known)
        size = int.from_bytes(content[:LENGTH], "little")
        head, rest = content[LENGTH : LENGTH + size], content[LENGTH + size :]
        file.write(content[:LENGTH] + _sorted(head) + rest)
        return
    try:
        save_file(whole, file.name, metadata=known)
    except SafetensorError as error:
        raise _system_error(str(error)) from error
    with open(file.name, "r+b") as again:  # noqa: PTH123  # may be a descriptor's name
        size = int.from_bytes(again.read(LENGTH), "little")
        head = again.read(size)
        again.seek(LENGTH)
        again.write(_sorted(head))


def _sorted(head: bytes) -> bytes:
    """A header with its facts in order: safetensors writes them in one that varies."""
    entries = json.loads(head)
    entries["__metadata__"] = dict(sorted(entries["__metadata__"].items()))
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":")).encode()
    return text.ljust(len(head)) if len(text) <= len(head) else head


def _system_error(said: str) -> OSError:
    """What the system said, which safetensors wraps in words of its own."""
    number = re.search(r"\(os error (\d+)\)", said)
    return OSError(int(number[1]), os.strerror(int(number[1]))) if number else OSError(said)
