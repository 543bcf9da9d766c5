"""Large numbers for people: operations by thousands, bytes by 1024."""

from __future__ import annotations


def operations(number: float, unit: str = "") -> str:
    """A number of operations for people: 291.6 G."""
    for prefix in ("", "k", "M", "G", "T", "P", "E"):
        if number < 1000 or prefix == "E":
            break
        number /= 1000
    return f"{number:,.4g} {prefix}{unit}".rstrip()


def parameters(number: int) -> str:
    """A number of parameters as people say it: 124M, 6.74B."""
    if number < 1000:
        return str(number)
    places, short = 0, float(number)
    while short >= 999.5 and places < len("kMBT"):
        short, places = short / 1000, places + 1
    digits = 2 if short < 9.995 else 1 if short < 99.95 else 0
    return f"{short:,.{digits}f}{'kMBT'[places - 1]}"


def size(number: float) -> str:
    """A number of bytes for people: 36 KiB."""
    for unit in ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB"):
        if number < 1024 or unit == "PiB":
            break
        number /= 1024
    return f"{number:,.4g} {unit}"
