"""A sweep of 200 variants: processes of this machine against one process, one after the other."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import boxwork as bw
from boxwork.sweeps.executors import cores

VARY = {
    "dims.layers": list(range(1, 51)),
    "dims.heads": [1, 2],
    "swap.LayerNorm": "LayerNorm,RMSNorm",
}
TEXT = "humpty dumpty sat on a wall. " * 20


def main() -> None:
    """Count 200 variants of GPT-2; race 12 of the article's GPT."""
    race = {"dims.layers": [1, 2, 3], "dims.heads": [1, 2, 3, 4]}
    kinds = {
        "count 200 × gpt2": lambda **by: bw.sweep("gpt2", vary=VARY, **by),
        "race 12 × gpt": lambda **by: bw.sweep("gpt", vary=race, train=TEXT, steps=60, **by),
    }
    bw.load("gpt2").count()  # catalogue and imports, once
    print(f"{'':20}{'serial':>10}{f'{cores()} jobs':>10}{'ratio':>8}")
    for name, sweep in kinds.items():
        with ThreadPoolExecutor(1) as one:
            begun = time.perf_counter()
            serial = sweep(executor=one)
            middle = time.perf_counter()
        parallel = sweep(jobs=cores())
        ended = time.perf_counter()
        assert serial.csv() == parallel.csv()
        first, second = middle - begun, ended - middle
        print(f"{name:20}{first:>8.2f} s{second:>8.2f} s{first / second:>8.2f}")


if __name__ == "__main__":
    main()
