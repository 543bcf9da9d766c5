"""Generation by steps equals full runs; what is run once, at each step, and not at all."""

from typing import Any

import numpy as np
import pytest

import boxwork as bw
from boxwork.blocks import catalogue
from boxwork.blocks.state import kept
from boxwork.engines.running.numpy import Model
from boxwork.graphs.counting.count import Counting
from boxwork.graphs.load import load
from tests.engines.going_on import begun, counted, full, hold, ids, spec
from tests.engines.support import model_of, wrong
from tests.gallery import DECODERS, toy

SMALL: dict[str, dict[str, int]] = {
    "gpt": {"context": 80, "layers": 2},
    "gpt-modern": {"context": 80, "layers": 2},
    "transformer": {"layers": 2, "d_model": 32, "heads": 4, "vocab": 40},
    "t5-small": {"layers": 2, "d_model": 32, "heads": 4, "head_dim": 6, "vocab": 40, "far": 40},
    "whisper-tiny": {"layers": 2, "d_model": 32, "heads": 4, "vocab": 40, "context": 80, "mels": 5},
} | {name: toy(name) for name in DECODERS}
# What the encoders read.
READ: dict[str, dict[str, Any]] = {
    "transformer": {"source": [4, 5, 6, 7, 2]},
    "t5-small": {"source": [4, 5, 6, 7, 2, 9, 1]},
    "whisper-tiny": {"audio": np.sin(np.arange(55)).reshape(11, 5)},
}
HEAD = """
dims: {{seq: any, vocab: 11, d: 8{dims}}}
inputs: {{tokens: "index<vocab>[seq]"{inputs}}}
outputs: {{logits: "real[seq, vocab]"}}
interpret: {{logits: {{next: tokens}}}}
nodes:
  tok: {{use: Embedding, in: tokens, with: {{count: vocab, width: d}}}}
"""
TAIL = "  logits: {use: Linear, with: {width: vocab}}\n"


def text(*nodes: str, dims: str = "", inputs: str = "") -> str:
    return HEAD.format(dims=dims, inputs=inputs) + "".join(f"  {n}\n" for n in nodes) + TAIL


def shipped(name: str) -> tuple[Any, Model]:
    found, graph = load(name, keywords=SMALL[name])
    return found.interpretation, model_of(graph, 1, dtype="float32")


@pytest.mark.parametrize("name", SMALL)
def test_sixty_four_tokens_are_those_of_full_runs(name: str) -> None:
    interpretation, model = shipped(name)
    session = hold(model, interpretation, **READ.get(name, {}))
    assert session.cut.obstacle is None
    assert session.cut.states


@pytest.mark.parametrize("name", READ)
def test_what_is_made_once_is_counted_as_it_is_held(name: str) -> None:
    interpretation, model = shipped(name)
    session, _ = begun(model, interpretation, [1, 2], **READ[name])
    session.scores(np.asarray([[1, 2]]))
    made = {str(slot) for step in session.cut.once.steps for _, slot in step.writes}
    held = sum(array.size for slot, array in session._once.items() if slot in made)
    dim = session.to.dim
    found = Counting(model.graph, {**session._sizes, dim: 1}, dim).full()
    assert held == found.state - found.growth > 0


@pytest.mark.parametrize("name", ["mistral-7b", "gemma-3-27b"])
def test_local_layers_keep_a_window_and_global_ones_all(name: str) -> None:
    interpretation, model = shipped(name)
    session = hold(model, interpretation, count=20)
    held = {path: g.end - g.start for (path, _), g in session.memory._growing.items()}
    far = "stack.5.attn.mix" if name == "gemma-3-27b" else ""
    layers = SMALL[name]["layers"]
    expected = {f"stack.{i}.attn.mix": 5 for i in range(layers)} | ({far: 22} if far else {})
    assert held == expected


def test_sliding_windows_keep_no_more_than_they_see() -> None:
    interpretation, model = spec(text(
        "stack: {use: Layer, repeat: 4, vary: {window: [4, none]}}",
    ).replace("nodes:\n  tok", """blocks:
  Layer:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    settings: {window: size or none = none}
    nodes:
      norm: {use: RMSNorm, in: x}
      attn: {use: MultiHeadAttention, with: {heads: 2, causal: true, window: window,
                                             position: RotaryEncoding}}
      y: {use: Add, in: [x, attn]}
nodes:
  tok"""))  # fmt: skip
    session = hold(model, interpretation)
    held = {path: g.end - g.start for (path, _), g in session.memory._growing.items()}
    assert held == {f"stack.{i}.attn.mix": (4, 66)[i % 2] for i in range(4)}
    room = session.memory._growing["stack.0.attn.mix", "k"].buffer
    assert room.shape[-2] <= 16


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("transformer", {"embed_source", "pos_source"}),
        ("t5-small", {"embed_source", "bias_source.bucket", "bias_source.y", "norm_source"}),
        ("whisper-tiny", {"conv_1", "conv_2", "pos_source", "memory"}),
    ],
)
def test_an_encoder_runs_once(name: str, first: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    interpretation, model = shipped(name)
    with counted(monkeypatch) as counts:
        session, _ = begun(model, interpretation, [1], **READ[name])
        row = ids(40, 20)
        for length in range(1, 21):
            session.scores(np.asarray([[1, *row[: length - 1]]]))
    once = {path for path, count in counts.items() if count == 1}
    assert {path for path, count in counts.items() if count not in (1, 20)} == set()
    assert {path for path in counts if path.startswith("encoder.")} <= once
    assert first | {"decoder.1.cross.k", "decoder.0.cross.v_heads"} <= once
    assert {"decoder.0.cross.q", "decoder.0.self.k", "decoder.1.cross.mix", "logits"}.isdisjoint(
        once
    )


def test_only_the_last_position_of_a_prompt_is_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    interpretation, model = shipped("gpt")
    seen: list[Any] = []
    session, _ = begun(model, interpretation, [1, 2, 3])
    assert [s.path for s in session.cut.last.steps][-2:] == ["norm", "logits"]
    assert not session.cut.once.steps
    with counted(monkeypatch, lambda cx, shapes: seen.append((cx.step.path, *shapes[:1]))):
        session.scores(np.asarray([[1, 2, 3]]))
    assert ("stack.0.attn.q", (1, 3, 48)) in seen
    assert seen[-1] == ("logits", (1, 1, 48))


def test_several_free_dims() -> None:
    """A memory of images of its own length, and one number for all: neither is stepped."""
    interpretation, model = spec(text(
        "tell: {use: Linear, in: pixels, with: {width: d}}",
        "mean: {use: MeanPool}",
        "own: {use: GPTBlock, in: tok, with: {heads: 2, hidden: 8}}",
        "look: {use: MultiHeadAttention, in: {query: own, memory: tell}, with: {heads: 2}}",
        "again: {use: DecoderLayer, in: {x: look, memory: tell}, with: {heads: 2}}",
        dims=", rows: any, e: 3", inputs=', pixels: "real[rows, e]"',
    ))  # fmt: skip
    pixels = np.random.default_rng(1).normal(size=(5, 3))
    session = hold(model, interpretation, count=20, pixels=pixels)
    assert {"tell", "look.k", "again.cross.v"} <= {s.path for s in session.cut.once.steps}


def test_a_network_without_a_look_back_needs_the_last_token_alone() -> None:
    interpretation, model = spec(text(
        "at: {use: PositionalEmbedding, in: tok, with: {count: 90, width: d}}",
        "sum: {use: Add, in: [tok, at]}", "turned: {use: RotaryEncoding}"
    ))  # fmt: skip
    session = hold(model, interpretation, count=8)
    assert not session.cut.states
    assert not session.cut.each.steps
    assert [step.path for step in session.cut.last.steps] == [
        "tok", "at.index", "at.embed", "sum", "turned", "logits"]  # fmt: skip


@pytest.fixture
def own_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_primitives", dict(catalogue.primitives()))


class Sum(bw.Block):
    """The sum of all positions so far, with what came before."""

    ports = "x: real[seq, width] -> y: real[seq, width]"
    declares = True
    keeps = True

    def state(self, d):
        return {"sum": kept(d.width)} if self.declares else {}

    def forward(self, cx, p, x):  # [seq width] -> [seq width]
        before = cx.recall("sum")
        sums = cx.xp.cumulative_sum(x, axis=-2)
        if before is not None:
            sums = sums + before[..., None, :]
        if self.keeps:
            cx.keep("sum", sums[..., -1, :])
        return sums

    def reach(self, port, dim):
        return "past" if dim == "seq" else "same"


def test_a_gated_recurrence_steps_with_its_state() -> None:
    interpretation, model = spec(text(
        "a: {use: GRU, with: {width: d}}", "both: {use: Add, in: [tok, a]}",
        "b: {use: GRU, repeat: 2, with: {width: d}}", "end: {use: LayerNorm}"
    ))  # fmt: skip
    session = hold(model, interpretation)
    assert set(session.cut.states) == {"a", "b.0", "b.1"}


@pytest.mark.usefixtures("own_blocks")
def test_a_recurrence_of_ones_own_steps_with_its_state() -> None:
    bw.register(type("Running", (Sum,), {"__doc__": "Sums.", "__module__": "mine"}))
    interpretation, model = spec(text(
        "a: {use: Running}", "norm: {use: LayerNorm}", "b: {use: Running}", "end: {use: Tanh}"
    ))  # fmt: skip
    session = hold(model, interpretation)
    assert set(session.cut.states) == {"a", "b"}


@pytest.mark.usefixtures("own_blocks")
def test_a_state_of_what_no_input_feeds_is_kept_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Positions have no batch axes: beams share what is kept of them."""
    bw.register(type("Running", (Sum,), {"__doc__": "Sums.", "__module__": "mine"}))
    interpretation, model = spec(text(
        "at: {use: PositionalEmbedding, in: tok, with: {count: 90, width: d}}",
        "far: {use: Running}", "both: {use: Add, in: [tok, far]}", "on: {use: Running}"
    ))  # fmt: skip
    hold(model, interpretation)
    session, _ = begun(model, interpretation, [1, 2])
    rows = np.asarray([[1, 2, 3], [1, 2, 4], [1, 2, 5]])
    session.scores(rows[:1, :2])
    session.scores(rows, [0, 0, 0])
    rows = np.asarray([[*rows[2], 6], [*rows[0], 7]])
    found = session.scores(rows, [2, 0])
    for row, scores in zip(rows.tolist(), found, strict=True):
        np.testing.assert_allclose(scores, full(model, session.to, row), atol=1e-5)


@pytest.mark.usefixtures("own_blocks")
@pytest.mark.parametrize(
    ("has", "message"),
    [
        ({"keeps": False}, "a declares the state sum, but its forward does not keep it"),
        ({"state": lambda self, d: {"total": kept(d.width)}}, ("a (Running) cannot run on this: "
         "it keeps sum, and the states it declares are total")),
    ],
)  # fmt: skip
def test_a_block_that_does_not_keep_what_it_declares_is_told(
    has: dict[str, Any], message: str
) -> None:
    fields = {"__doc__": "Sums.", "__module__": "mine"} | has
    bw.register(type("Running", (Sum,), fields))
    interpretation, model = spec(text("a: {use: Running}"))
    session, _ = begun(model, interpretation, [1, 2])
    ((code, said),) = wrong(session.scores, np.asarray([[1, 2]]))
    assert (code, said) in (("BW412", message), ("BW411", message))


@pytest.mark.usefixtures("own_blocks")
@pytest.mark.parametrize(
    ("nodes", "obstacle"),
    [
        (["mix: {use: MultiHeadAttention, with: {heads: 2}}"],
         "mix.mix (DotProductAttention) looks at the whole of seq"),
        (["mean: {use: MeanPool}", "all: {use: Expand, with: {dim: seq}}"],
         "mean (MeanPool) looks at the whole of seq"),
        (["here: {use: LastPosition}", "all: {use: Expand, with: {dim: seq}}",
          "both: {use: Add, in: [tok, all]}"], "here (LastPosition) looks at the whole of seq"),
        (["one: {use: Array, with: {dims: [d]}}", "all: {use: Expand, with: {dim: seq}}",
          "both: {use: Add, in: [tok, all]}"], "all (Expand) is set by seq: dim"),
        (["mean: {use: MeanPool}", "on: {use: Linear, in: tok, with: {width: d}}"], None),
        (["a: {use: Running}"], "a (Running) looks back along seq, but declares no state"),
        (["a: {use: Twice}", "on: {use: Halved}"], "a (Twice) is along 2 * seq, not seq itself"),
    ],
)  # fmt: skip
def test_what_cannot_be_stepped_is_named_and_run_in_full(
    nodes: list[str], obstacle: str | None
) -> None:
    fields = {"__doc__": "Own.", "__module__": "mine"}
    bw.register(type("Running", (Sum,), fields | {"declares": False}))
    double = {"ports": "x: real[seq, width] -> y: real[2 * seq, width]",
              "forward": lambda self, cx, p, x: np.repeat(x, 2, axis=-2),
              "reach": lambda self, port, dim: "same"}  # fmt: skip
    half = {"ports": "x: real[seq, width] -> y: real[seq / 2, width]",
            "forward": lambda self, cx, p, x: x[..., ::2, :]}  # fmt: skip
    bw.register(type("Twice", (bw.Block,), fields | double))
    bw.register(type("Halved", (bw.Block,), fields | half))
    interpretation, model = spec(text(*nodes))
    row = ids(11, 12)
    session, told = begun(model, interpretation, row[:2])
    assert str(session.cut.obstacle or "") == (obstacle or "")
    assert [d.code for d in told] == (["BW909"] if obstacle else [])
    assert (obstacle or "") in "".join(d.message for d in told)
    for length in range(2, 12):
        found = session.scores(np.asarray([row[:length]]))[0]
        np.testing.assert_allclose(found, full(model, session.to, row[:length]), atol=1e-5)
    assert len(told) <= 1


def test_a_fallback_runs_once_what_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    interpretation, model = spec(text(
        "tell: {use: Linear, in: pixels, with: {width: d}}",
        "own: {use: MultiHeadAttention, in: tok, with: {heads: 2}}",
        "look: {use: MultiHeadAttention, in: {query: own, memory: tell}, with: {heads: 2}}",
        dims=", rows: any, e: 3", inputs=', pixels: "real[rows, e]"',
    ))  # fmt: skip
    with counted(monkeypatch) as counts:
        session, _ = begun(model, interpretation, [1], pixels=np.ones((2, 3)))
        for length in (1, 2, 3):
            session.scores(np.asarray([[1, 2, 3][:length]]))
    assert (counts["tell"], counts["look.k"], counts["own.k"]) == (1, 1, 3)


def test_past_its_context_the_last_tokens_count_and_it_is_said_once() -> None:
    found, graph = load("gpt", keywords={"context": 8, "layers": 2})
    model = model_of(graph, 1, dtype="float32")
    session, told = begun(model, found.interpretation, [1, 2, 3])
    row = ids(28, 20)
    for length in range(3, 20):
        scores = session.scores(np.asarray([row[:length]]))[0]
        expected = full(model, session.to, row[:length][-8:])
        np.testing.assert_allclose(scores, expected, atol=1e-5)
    assert [d.code for d in told] == ["BW910"]
    assert "the last 8 alone" in told[0].message


def test_a_length_that_fits_again_begins_anew() -> None:
    interpretation, model = spec(
        "require: [seq % 4 <= 2]" + text("own: {use: GPTBlock, with: {heads: 2, hidden: 8}}")
    )
    row = ids(11, 14)
    session, told = begun(model, interpretation, row[:1])
    windows = [1, 2, 2, 4, 5, 6, 6, 8, 9, 10, 10, 12, 13]
    for length, window in enumerate(windows, start=1):
        scores = session.scores(np.asarray([row[:length]]))[0]
        expected = full(model, session.to, row[length - window : length])
        np.testing.assert_allclose(scores, expected, atol=1e-5)
    assert [d.code for d in told] == ["BW910"]


FIXED = """
dims: {width: 4, vocab: 11, d: 6}
inputs: {tokens: "index<vocab>[width]"}
outputs: {logits: "real[vocab]"}
interpret: {logits: {next: tokens}}
nodes:
  tok: {use: Embedding, in: tokens, with: {count: vocab, width: d}}
  flat: {use: Flatten}
  logits: {use: Linear, with: {width: vocab}}
"""


def test_a_fixed_width_is_a_window_that_slides() -> None:
    interpretation, model = spec(FIXED)
    row = ids(11, 12)
    session, told = begun(model, interpretation, row[:6])
    for length in range(6, 12):
        scores = session.scores(np.asarray([row[:length]]))[0]
        expected = full(model, session.to, row[:length][-4:])
        np.testing.assert_allclose(scores, expected, atol=1e-6)
    assert not told


def test_rows_go_on_side_by_side() -> None:
    """Beams are a batch; each goes on with what its parent has seen."""
    interpretation, model = shipped("transformer")
    others = {"source": [4, 5, 6]}
    session, _ = begun(model, interpretation, [1, 7], **others)
    session.scores(np.asarray([[1, 7]]))
    rows = [[1, 7, 3], [1, 7, 9], [1, 7, 5]]
    session.scores(np.asarray(rows), [0, 0, 0])
    rows = [[*rows[2], 8], [*rows[0], 8], [*rows[0], 4], [*rows[2], 1]]
    session.scores(np.asarray(rows), [2, 0, 0, 2])
    rows = [[*rows[3], 8], [*rows[1], 8]]
    found = session.scores(np.asarray(rows), [3, 1])
    for row, scores in zip(rows, found, strict=True):
        np.testing.assert_allclose(scores, full(model, session.to, row, **others), atol=1e-5)


def test_scores_that_do_not_hang_on_the_tokens() -> None:
    interpretation, model = spec("""
dims: {seq: any, vocab: 5, d: 3}
inputs: {tokens: "index<vocab>[seq]", v: "real[d]"}
outputs: {logits: "real[vocab]"}
interpret: {logits: {next: tokens}}
nodes:
  unused: {use: Embedding, in: tokens, with: {count: vocab, width: d}}
  logits: {use: Linear, in: v, with: {width: vocab}}
""")
    session, _ = begun(model, interpretation, [1], v=[1.0, 2.0, 3.0])
    first = session.scores(np.asarray([[1]]))
    np.testing.assert_array_equal(first, session.scores(np.asarray([[1, 2]])))
    np.testing.assert_allclose(first[0], model(tokens=[1], v=[1.0, 2.0, 3.0]), atol=1e-6)
