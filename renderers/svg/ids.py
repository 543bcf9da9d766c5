"""Valid, unique XML ids made from paths."""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.sax.saxutils import quoteattr


class Id(NamedTuple):
    """An id made of a path."""

    name: str
    path: str

    @property
    def text(self) -> str:
        """The id as an attribute; its path stands beside it where the two differ."""
        path = "" if self.name == self.path else f" data-path={quoteattr(self.path)}"
        return f'id="{self.name}"{path}'


class Ids:
    """Valid, unique XML ids made from paths."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, path: str) -> Id:
        """The id of a path: the path itself where it can be one."""
        made = re.sub(r"[^\w.-]", "-", path, flags=re.ASCII)
        made = made if re.match(r"[A-Za-z_]", made) else f"_{made}"
        unique, k = made, 2
        while unique in self._taken:
            unique, k = f"{made}-{k}", k + 1
        self._taken.add(unique)
        return Id(unique, path)
