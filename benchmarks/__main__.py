"""Run every benchmark, or those named: ``python -m benchmarks startup``."""

from __future__ import annotations

import sys

from benchmarks import compare, draw, large, startup, sweep, train

ALL = {
    "startup": startup.main,
    "large": large.main,
    "draw": draw.main,
    "train": train.main,
    "compare": compare.main,
    "sweep": sweep.main,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"no benchmark is named {', '.join(unknown)}; there are {', '.join(ALL)}")
        return 2
    for name in names or ALL:
        print(f"== {name}: {(sys.modules[ALL[name].__module__].__doc__ or '').splitlines()[0]}")
        ALL[name]()
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
