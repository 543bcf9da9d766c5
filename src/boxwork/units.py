"""Large numbers for people: operations by thousands, bytes by 1024."""

from __future__ import annotations


def operations(number: float, unit: str = "") -> str:
    """A number of operations for people: 291.6 G."""
    for prefix in ("", "k", "M", "G", "T", "P", "E"):
        if number < 1000 or prefix == "E":
            break
        number /= 1000
    return f"{number:,.4g} {prefix}{unit}".rstrip()


def size(number: float) -> str:
    """A number of bytes for people: 36 KiB."""
    for unit in ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB"):
        if number < 1024 or unit == "PiB":
            break
        number /= 1024
    return f"{number:,.4g} {unit}"
