"""The same weights, the same input: boxwork's numbers against those of the originals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boxwork.engines.running.numpy import Model
from boxwork.graphs.load import load
from boxwork.graphs.totals import total as count
from boxwork.specs.library import shipped
from tests.gallery import DECODERS, ENCODERS, TOTALS

ORACLES = Path(__file__).parent.parent / "oracles"
TINY = {
    "vocab": 29,
    "d_model": 24,
    "heads": 4,
    "kv_heads": 2,
    "head_dim": 8,
    "d_ff": 28,
    "layers": 2,
}
GPT_OSS = {"d_expert": 10, "experts": 5, "active": 2, "window": 4, "layers": 3}
CASES: dict[str, dict[str, int]] = {
    "gpt2": {"vocab": 37, "context": 16, "d_model": 24, "heads": 3, "layers": 2},
    "transformer": {"vocab": 29, "d_model": 24, "heads": 4, "d_ff": 40, "layers": 2},
    "llama-3.1-8b": TINY | {"vocab": 41, "d_model": 32, "d_ff": 56},
    "mistral-7b": TINY | {"window": 5},
    "qwen3-8b": TINY,
    "olmo-2-7b": TINY | {"head_dim": 6},
    "smollm3": TINY | {"layers": 5},
    "phi-4": TINY,
    "gemma-3-270m": TINY | {"window": 4, "layers": 7},
    "gemma-3-27b": TINY | {"window": 4, "layers": 7},
    "mixtral-8x7b": TINY | {"d_ff": 12, "experts": 4},
    "qwen3-30b-a3b": TINY | {"d_expert": 10, "experts": 6, "active": 3},
    "gpt-oss-20b": TINY | GPT_OSS,
    "glm-4.5-air": TINY | {"d_expert": 10, "experts": 6, "active": 2, "layers": 3},
}
FILES = {
    "llama-3.1-8b": "llama",
    "mistral-7b": "mistral",
    "qwen3-8b": "qwen3",
    "olmo-2-7b": "olmo2",
    "phi-4": "phi3",
    "gemma-3-270m": "gemma3",
    "gemma-3-27b": "gemma3-linear",
    "mixtral-8x7b": "mixtral",
    "qwen3-30b-a3b": "qwen3_moe",
    "gpt-oss-20b": "gpt_oss",
    "glm-4.5-air": "glm4_moe",
}
# The tiny Llama was made with rotary angles scaled from another original context.
# The gates of the tiny gpt-oss are clamped where its small numbers feel it.
EDITS = {
    "llama-3.1-8b": ["set.stack.*.attn.with.position={use: Rotary, with: {original: 256}}"],
    "gpt-oss-20b": ["settings.limit=0.3"],
}
PUBLISHED = {
    "gpt2": 124_439_808,
    "gpt2-medium": 354_823_168,
    "gpt2-large": 774_030_080,
    "gpt2-xl": 1_557_611_200,
    "transformer": 63_082_496,
    "bert-base": 109_482_240,
    "minilm-l6": 22_713_216,
    "t5-small": 60_506_624,
    "whisper-tiny": 37_760_640 - 1500 * 384,  # without the table of sinusoids, which is computed
    "llama-2-7b": 6_738_415_616,
    "llama-3.1-8b": 8_030_261_248,
    "llama-3.1-405b": 405_853_388_800,
    "llama-3.2-1b": 1_235_814_400,
    "smollm2-135m": 134_515_008,
    "qwen3-0.6b": 596_049_920,
    "qwen3-8b": 8_190_735_360,
    "olmo-2-7b": 7_298_617_344,
    "gemma-3-270m": 268_098_176,
    "mixtral-8x7b": 46_702_792_704,
    "qwen3-30b-a3b": 30_532_122_624,
    "gpt-oss-120b": 116_829_156_672,
    "glm-4.5-air": 106_852_245_504,
}
INPUTS = ("tokens", "source", "target")
CLOSE = {"float32": 1e-5, "float64": 1e-10}


@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize("name", CASES)
def test_logits_equal_those_of_the_original(name: str, dtype: str) -> None:
    stored = np.load(ORACLES / f"{FILES.get(name, name)}.npz", allow_pickle=False)
    _, graph = load(name, EDITS.get(name, []), CASES[name])
    arrays: dict[str, Any] = dict(stored)
    wanted = arrays.pop("logits")
    given = {key: arrays.pop(key) for key in INPUTS if key in arrays}
    model = Model(graph, arrays, dtype=dtype)
    found = model(**given)
    assert found.dtype == dtype
    assert np.abs(found - wanted).max() < CLOSE[dtype]
    assert np.abs(wanted).max() > 1  # a network that gives nearly nothing proves nothing


@pytest.mark.parametrize("name", CASES)
def test_every_parameter_counts(name: str) -> None:
    """A parameter that the logits do not depend on would hide a fault."""
    stored = dict(np.load(ORACLES / f"{FILES.get(name, name)}.npz", allow_pickle=False))
    _, graph = load(name, EDITS.get(name, []), CASES[name])
    stored.pop("logits")
    given = {key: stored.pop(key) for key in INPUTS if key in stored}
    before = Model(graph, stored, dtype="float64")(**given)
    still = []
    for path, array in stored.items():
        shaken = Model(
            graph,
            stored | {path: array + 0.1 * np.cos(np.arange(array.size)).reshape(array.shape)},
            dtype="float64",
        )
        if np.allclose(shaken(**given), before, rtol=0, atol=1e-9):
            still.append(path)
    # a bias on every key shifts all scores of a query alike, which softmax does not see
    assert [path for path in still if not path.endswith(".k.bias")] == []


# What is special about each, turned off: the oracle must feel it.
PLAIN = {
    "mistral-7b": ["dims.window=6"],
    "qwen3-8b": ["set.stack.*.attn.with={q_norm: Norm, position: none}"],
    "olmo-2-7b": ["set.stack.*.attn.with.position={use: Rotary, with: {theta: 10000}}"],
    "smollm3": ["set.stack={vary: {position: [Rotary, Rotary, none, Rotary]}}"],
    "phi-4": ["set.stack.*.attn.with.position={use: Rotary, with: {pairs: adjacent}}"],
    "gemma-3-270m": ["dims.window=5"],
    "gemma-3-27b": ["set.stack.5.attn.with.position={use: Far, with: {factor: 7}}"],
    "mixtral-8x7b": ["dims.active=3"],
    "qwen3-30b-a3b": ["set.stack.*.ff.with={sum_to: none}"],
    "glm-4.5-air": ["blocks.Rotary={use: RotaryEncoding, with: {theta: 1e6, share: 1}}"],
}
YARN = "theta: 150000, scaling: yarn, original: 4096"
GPT_OSS_EDITS = [
    "settings.limit=0.35",
    "dims.window=5",
    "set.stack={vary: {use: [Global, Local]}}",
    f"blocks.Rotary={{use: RotaryEncoding, with: {{{YARN}, factor: 32}}}}",  # truncated
    f"blocks.Rotary={{use: RotaryEncoding, with: {{{YARN}, truncate: false, factor: 31}}}}",
]


@pytest.mark.parametrize(
    ("name", "edits"), [*PLAIN.items(), *(("gpt-oss-20b", [edit]) for edit in GPT_OSS_EDITS)]
)
def test_what_is_special_is_felt(name: str, edits: list[str]) -> None:
    edits = [*EDITS.get(name, []), *edits]
    arrays: dict[str, Any] = dict(np.load(ORACLES / f"{FILES.get(name, name)}.npz"))
    wanted, tokens = arrays.pop("logits"), arrays.pop("tokens")
    changed = {edit.split("=")[0].removeprefix("dims.") for edit in edits}
    dims = {dim: size for dim, size in CASES[name].items() if dim not in changed}
    found = Model(load(name, edits, dims)[1], arrays, dtype="float64")(tokens)
    assert np.abs(found - wanted).max() > 1e-5


@pytest.mark.parametrize(("name", "total"), TOTALS.items())
def test_totals_are_those_of_the_original(name: str, total: int) -> None:
    assert count(load(name)[1]) == total


@pytest.mark.parametrize(("name", "total"), PUBLISHED.items())
def test_totals_are_the_published_ones(name: str, total: int) -> None:
    assert count(load(name)[1]) == total


def test_every_spec_is_counted_by_somebody_else() -> None:
    gallery = {name for name, path in shipped().items() if path.parent.name == "gallery"}
    assert gallery == set(TOTALS)


@pytest.mark.parametrize("name", ["gpt", "gpt-modern", *DECODERS, *ENCODERS])
def test_two_layers_check_as_well(name: str) -> None:
    _, graph = load(name, ["dims.layers=2"])
    counts = [node.count for node in graph.root.nodes.values() if node.count is not None]
    assert set(counts) == {2} or sum(counts) == 2  # the first layers may be a stack of their own
    assert not graph.warnings
