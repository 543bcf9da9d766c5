"""A9: the query from one sequence, keys and values from another."""

from __future__ import annotations

import numpy as np

from .support import close, model, numbers, with_parameters


def test_by_hand() -> None:
    made, x, memory = model("cross-attention"), numbers(2, 4), numbers(5, 4, seed=1)
    k, v, q = (made.parameters[f"attn.{name}.weight"] for name in "kvq")
    u = np.exp([(word @ k) @ (x[-1] @ q) for word in memory])
    close(made(x, memory), (u / u.sum()) @ (memory @ v))


def test_only_the_last_word_of_its_own_sentence_counts() -> None:
    made, x, memory = model("cross-attention"), numbers(3, 4), numbers(5, 4, seed=1)
    close(made(x[-1:], memory), made(x, memory), 0)
    close(made(x, memory[[4, 2, 0, 1, 3]]), made(x, memory))


def test_of_a_sentence_and_itself_it_is_self_attention() -> None:
    own, x = model("self-attention"), numbers(4, 4)
    close(with_parameters("cross-attention", dict(own.parameters))(x, x), own(x))
