"""How many examples a property test draws, where each takes long; `make random` draws more."""

from hypothesis import settings

USUAL = 100  # what a test draws that says nothing


def examples(count: int) -> int:
    """So many in the usual run; in the profile of `make random`, as many times more as it has."""
    return count * settings.default.max_examples // USUAL
