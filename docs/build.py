"""Write what is generated under docs/, and the schema: run by ``make docs``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "docs"))

import gallery  # noqa: E402
import gradients  # noqa: E402
import sheet  # noqa: E402
from pictures import PICTURES  # noqa: E402
from rooms import picture  # noqa: E402

from boxwork.comparisons.comparing import compare  # noqa: E402
from boxwork.graphs.load import load  # noqa: E402
from boxwork.renderers.draw import draw  # noqa: E402
from boxwork.specs.json_schema import schema  # noqa: E402

DRAWN = ("gpt2", "transformer")
FILES: dict[str, Callable[[], str]] = {
    "docs/images/rooms.svg": picture,
    "docs/article/images/gradients.svg": gradients.picture,
    **{f"docs/images/{name}.svg": lambda name=name: draw(load(name)[1]) for name in DRAWN},
    "docs/images/compare.svg": lambda: compare("gpt2", "llama-3.1-8b").draw().svg,
    **{f"docs/article/images/{name}.svg": one.drawn for name, one in PICTURES.items()},
    **sheet.files(),
    **gallery.files(),
    "specs/schema.json": lambda: json.dumps(schema(), indent=2, ensure_ascii=False) + "\n",
}


def main() -> None:
    for name, made in FILES.items():
        path, text = ROOT / name, made()
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")


if __name__ == "__main__":
    main()
