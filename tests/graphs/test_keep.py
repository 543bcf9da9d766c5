"""Nodes marked `keep: true`: written out, edited, counted, compared."""

import pytest

from boxwork.graphs.comparing.compare import compare
from boxwork.graphs.comparing.telling import lines
from boxwork.graphs.counting.boxes import Box, find, whole
from boxwork.graphs.counting.count import Counting
from boxwork.graphs.counting.why import why
from boxwork.graphs.graph import Composite, Graph
from boxwork.graphs.keeping.keeping import remembering
from boxwork.graphs.turning.turning import turning
from boxwork.specs.write import expand
from tests.engines.keeping import BETWEEN, between, latent
from tests.graphs.support import graph_of, spec_and_graph, structure, wrong

MARKS = ["set.stack.*.attn.latent.keep=true", "set.stack.*.attn.k_rot.keep=true"]


def counted(text: str, length: int = 16) -> Counting:
    return Counting(graph_of(text), {"seq": length}, "seq")


def box(counting: Counting, path: str) -> Box:
    return find(counting.graph, path)


@pytest.mark.parametrize("name", BETWEEN)
def test_it_survives_being_written_out(name: str) -> None:
    spec, graph = spec_and_graph(between(name))
    text = expand(spec)
    assert "keep: true" in text
    again = graph_of(text)
    assert structure(again) == structure(graph)
    assert kept(again) == kept(graph)


def kept(graph: Graph) -> list[str]:
    """The nodes at which something stands when the graph generates."""
    found = []

    def visit(part: Composite, prefix: str) -> None:
        for node in part.nodes.values():
            if node.name.endswith(" kept"):
                found.append(prefix + node.name)
            for each in node.parts:
                if isinstance(each, Composite):
                    visit(each, f"{prefix}{node.name}.")

    visit(remembering(graph, "seq").root, "")
    return found


def test_a_variant_may_give_it_and_take_it() -> None:
    plain, marked = latent(keep=False), latent()
    given = graph_of(plain, *MARKS)
    assert (
        kept(given) == kept(graph_of(marked)) == ["stack.attn.latent kept", "stack.attn.k_rot kept"]
    )
    taken = graph_of(marked, *(mark.replace("true", "false") for mark in MARKS))
    assert kept(taken) == []
    assert remembering(taken, "seq") is taken
    other = graph_of(marked, "set.stack.*.attn.latent.with.eps=1e-3")  # the mark stays
    assert kept(other) == kept(given)


def test_half_of_it_is_told() -> None:
    ((code, message),) = wrong(latent(keep=False), MARKS[0])
    assert code == "BW250"
    assert message.startswith("stack.*.attn.k (Concat) reads what stack.*.attn.latent keeps")


def test_where_nothing_grows_nothing_is_held() -> None:
    assert not graph_of(latent(), "dims.seq=8").warnings


def test_it_is_counted_at_its_box() -> None:
    found = counted(latent())
    assert found.full().state == 2 * 16 * (5 + 2)
    assert found.full(box(found, "stack.*.attn.latent")).state == 2 * 16 * 5
    assert found.full(box(found, "stack.*.attn.k_rot")).state == 2 * 16 * 2
    assert found.full(box(found, "stack.*.attn.mix")).state == 0
    assert found.full(box(found, "stack")).state == found.full().state
    paths = [kind.path for kind, _ in found.states(whole(found.graph))]
    assert paths == ["stack.*.attn.latent", "stack.*.attn.k_rot"]
    assert {n: tally.state for n, tally in found.curve([4, 8]).items()} == {4: 56, 8: 112}
    told = why(found, "kv", whole(found.graph))
    assert [(line.path, str(line.sum), line.result) for line in told] == [
        ("stack.*.attn.latent: kept", "seq × rank", 160),
        ("stack.*.attn.k_rot: kept", "seq × rope", 64),
    ]
    (part,) = why(counted(between("a part of what is split")), "kv", whole(found.graph))[:1]
    assert part.path == "parts.1: kept"


def test_a_pass_costs_the_same_and_a_step_more() -> None:
    kept, plain = counted(latent()), counted(latent(keep=False))
    assert kept.full().matmul == plain.full().matmul
    assert kept.full().reals == plain.full().reals
    step, other = kept.step(), plain.step()
    assert step is not None
    assert other is not None
    again = 2 * 15 * 2 * (5 * 14)  # in both layers, 15 positions of the past through kv_up
    assert step.matmul - other.matmul == again
    assert step.masked - other.masked == again  # a query sees all that is kept
    assert kept.step(box(kept, "stack.*.attn.kv_up")).matmul == 2 * 16 * 2 * 5 * 14


@pytest.mark.parametrize("length", [2, 4, 5, 30])
def test_a_window_caps_what_runs_again(length: int) -> None:
    kept, plain = (counted(latent("4", keep=keep), length) for keep in (True, False))
    rows = min(length, 4 + 1)  # what is kept, and the new one
    assert kept.step(box(kept, "stack.*.attn.kv_up")).matmul == 2 * rows * 2 * 5 * 14
    mix = [c.step(box(c, "stack.*.attn.mix")) for c in (kept, plain)]
    assert mix[0].masked == mix[1].masked
    assert kept.full().state == 2 * min(length, 4) * 7


def test_comparing_tells_that_it_is_kept() -> None:
    plain, marked = graph_of(latent(keep=False)), graph_of(latent())
    there, back = compare(plain, marked), compare(marked, plain)
    assert lines(there) == ["generation keeps stack.*.attn.latent and stack.*.attn.k_rot"]
    assert lines(back) == ["generation no longer keeps stack.*.attn.latent and stack.*.attn.k_rot"]
    assert [c.mirrored().facts() for c in there.changes] == [c.facts() for c in back.changes]
    assert compare(marked, graph_of(latent())).same


@pytest.mark.parametrize("after", ["true", "false"])
def test_the_edits_to_it_are_its_marks(after: str) -> None:
    plain, marked = spec_and_graph(latent(keep=False)), spec_and_graph(latent())
    (spec, _), other = (plain, marked) if after == "true" else (marked, plain)
    found = turning(spec, *other)
    assert found.whole
    marks = {f"stack.*.attn.{name}": {"keep": after} for name in ("latent", "k_rot")}
    assert found.draft.tree == {"set": marks}
