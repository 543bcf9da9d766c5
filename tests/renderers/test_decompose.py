"""Series, parallel parts and skips of small wirings."""

from hypothesis import given
from hypothesis import strategies as st

from boxwork.renderers.structure.decompose import Parallel, decompose, members, reduced


def test_a_chain_with_a_skip_is_a_chain() -> None:
    assert decompose(4, [(0, 1), (1, 2), (2, 3), (0, 3)]) == [0, 1, 2, 3]


def test_branches_stand_side_by_side() -> None:
    diamond = [(0, 1), (0, 2), (1, 3), (2, 3)]
    assert decompose(4, diamond) == [0, Parallel([[1], [2]]), 3]


def test_sources_and_sinks_of_their_own_are_branches() -> None:
    assert decompose(3, [(0, 2), (1, 2)]) == [Parallel([[0], [1]]), 2]
    assert decompose(3, [(0, 1), (0, 2)]) == [0, Parallel([[1], [2]])]


def test_a_branch_may_hold_branches() -> None:
    edges = [(0, 1), (1, 2), (1, 3), (2, 4), (3, 4), (0, 5), (4, 6), (5, 6)]
    assert decompose(7, edges) == [0, Parallel([[1, Parallel([[2], [3]]), 4], [5]]), 6]


def test_what_cannot_be_cut_is_a_run() -> None:
    bridge = [(0, 1), (0, 2), (1, 3), (1, 4), (2, 4), (3, 5), (4, 5)]
    assert decompose(6, bridge) == [0, 1, 2, 3, 4, 5]


@given(
    st.integers(1, 12).flatmap(
        lambda n: st.tuples(
            st.just(n),
            st.sets(
                st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(
                    lambda e: e[0] < e[1]
                )
            ),
        )
    )
)
def test_every_vertex_once_and_the_same_ways(case: tuple[int, set[tuple[int, int]]]) -> None:
    size, edges = case
    tree = decompose(size, edges)
    assert sorted(v for piece in tree for v in members(piece)) == list(range(size))
    kept = {(a, b) for a, heads in enumerate(reduced(size, edges)) for b in heads}
    assert kept <= edges
    assert reach(size, kept) == reach(size, edges)
    assert all(reach(size, kept - {edge}) != reach(size, edges) for edge in kept)


def reach(size: int, edges: set[tuple[int, int]]) -> set[tuple[int, int]]:
    found = set(edges)
    for middle in range(size):
        found |= {(a, d) for a, b in found if b == middle for c, d in found if c == middle}
    return found
