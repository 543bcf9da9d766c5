"""Imported specs are short: what the shipped one says, or what follows, is not said again."""

from pathlib import Path
from typing import Any

import pytest

from boxwork.graphs.load import load
from boxwork.graphs.totals import totals
from boxwork.importing.families import FAMILIES
from boxwork.importing.likeness import likeness, shortest_cycle
from boxwork.importing.shortest import built
from tests.gallery import TOTALS
from tests.importing.support import graph_of, imported, pieces_of

SCALED = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}
YARN = {
    "beta_slow": 1,
    "mscale": 1.0,
    "mscale_all_dim": 1.0,
    "original_max_position_embeddings": 4096,
}

# The biases of DeepSeek's routers are no parameters.
EXACT = TOTALS | {"deepseek-v3": 671_026_404_352, "kimi-k2": 1_026_408_232_448 - 60 * 384}


def decoder(family: str, sizes: str, **more: Any) -> dict[str, Any]:
    """A config by its sizes: d_model/layers/heads/kv heads/head_dim/d_ff/vocab/context."""
    names = (
        "hidden_size",
        "num_hidden_layers",
        "num_attention_heads",
        "num_key_value_heads",
        "head_dim",
        "intermediate_size",
        "vocab_size",
        "max_position_embeddings",
    )
    return {"model_type": family} | dict(zip(names, map(int, sizes.split("/")), strict=True)) | more


# What the config.json files of the models say, as far as it matters.
PUBLISHED: dict[str, dict[str, Any]] = {
    "gpt2": {"model_type": "gpt2", "n_ctx": 1024, "attn_pdrop": 0.1},
    "gpt2-xl": {"model_type": "gpt2", "n_embd": 1600, "n_layer": 48, "n_head": 25},
    "llama-2-7b": decoder(
        "llama", "4096/32/32/32/128/11008/32000/4096", rms_norm_eps=1e-5, rope_scaling=None
    ),
    "llama-3.1-8b": decoder(
        "llama",
        "4096/32/32/8/128/14336/128256/131072",
        rms_norm_eps=1e-5,
        rope_theta=500000.0,
        rope_scaling=SCALED,
    ),
    "llama-3.2-1b": decoder(
        "llama",
        "2048/16/32/8/64/8192/128256/131072",
        rms_norm_eps=1e-5,
        tie_word_embeddings=True,
        rope_parameters=SCALED | {"rope_theta": 500000.0, "factor": 32.0},
    ),
    "smollm2-135m": decoder(
        "llama",
        "576/30/9/3/64/1536/49152/8192",
        rms_norm_eps=1e-5,
        tie_word_embeddings=True,
        rope_theta=100000,
    ),
    "mistral-7b": decoder(
        "mistral", "4096/32/32/8/128/14336/32000/32768", rms_norm_eps=1e-5, sliding_window=4096
    ),
    "qwen3-0.6b": decoder(
        "qwen3",
        "1024/28/16/8/128/3072/151936/40960",
        tie_word_embeddings=True,
        rope_theta=1000000,
        sliding_window=None,
    ),
    "qwen3-32b": decoder("qwen3", "5120/64/64/8/128/25600/151936/40960", rope_theta=1e6),
    "olmo-2-7b": decoder(
        "olmo2", "4096/32/32/32/128/11008/100352/4096", rms_norm_eps=1e-6, rope_theta=500000
    ),
    "phi-4": decoder("phi3", "5120/40/40/10/128/17920/100352/16384", rope_theta=250000),
    "gemma-3-270m": decoder(
        "gemma3_text",
        "640/18/4/1/256/2048/262144/32768",
        sliding_window=512,
        _sliding_window_pattern=6,
        layer_types=[*(["sliding_attention"] * 5), "full_attention"] * 3,
    ),
    "gemma-3-27b": decoder(
        "gemma3_text",
        "5376/62/32/16/128/21504/262208/131072",
        sliding_window=1024,
        query_pre_attn_scalar=168,
        rope_scaling={"rope_type": "linear", "factor": 8.0},
    ),
    "smollm3": decoder(
        "smollm3",
        "2048/36/16/4/128/11008/128256/65536",
        rope_theta=5000000.0,
        no_rope_layers=[1, 1, 1, 0] * 9,
    ),
    "mixtral-8x7b": decoder(
        "mixtral", "4096/32/32/8/128/14336/32000/32768", sliding_window=None, rope_theta=1e6
    ),
    "qwen3-30b-a3b": decoder(
        "qwen3_moe",
        "2048/48/32/4/128/6144/151936/40960",
        mlp_only_layers=[],
        decoder_sparse_step=1,
        norm_topk_prob=True,
        rope_theta=1000000.0,
    ),
    "gpt-oss-20b": decoder(
        "gpt_oss",
        "2880/24/64/8/64/2880/201088/131072",
        num_local_experts=32,
        experts_per_token=4,
        num_experts_per_tok=4,
        layer_types=["sliding_attention", "full_attention"] * 12,
        rope_theta=150000,
        rope_scaling={
            "rope_type": "yarn",
            "factor": 32.0,
            "beta_fast": 32.0,
            "beta_slow": 1.0,
            "original_max_position_embeddings": 4096,
            "truncate": False,
        },
    ),
    "gpt-oss-120b": {"model_type": "gpt_oss"},
    "glm-4.5-air": decoder(
        "glm4_moe",
        "4096/46/96/8/128/10944/151552/131072",
        attention_bias=True,
        partial_rotary_factor=0.5,
        rope_theta=1000000,
        num_nextn_predict_layers=1,
    ),
    "deepseek-v3": {
        "model_type": "deepseek_v3",
        "max_position_embeddings": 163840,
        "num_nextn_predict_layers": 1,
        "scoring_func": "sigmoid",
        "topk_method": "noaux_tc",
        "rope_scaling": YARN | {"factor": 40, "beta_fast": 32, "type": "yarn"},
    },
    "kimi-k2": {
        "model_type": "kimi_k2",
        "architectures": ["DeepseekV3ForCausalLM"],
        "vocab_size": 163840,
        "max_position_embeddings": 131072,
        "num_attention_heads": 64,
        "num_key_value_heads": 64,
        "n_routed_experts": 384,
        "n_group": 1,
        "topk_group": 1,
        "first_k_dense_replace": 1,
        "routed_scaling_factor": 2.827,
        "rope_theta": 50000.0,
        "rope_scaling": YARN | {"factor": 32.0, "beta_fast": 1.0, "type": "yarn"},
    },
    "bert-base": {
        "model_type": "bert",
        "architectures": ["BertForMaskedLM"],
        "position_embedding_type": "absolute",
    },
    "t5-small": {
        "model_type": "t5",
        "architectures": ["T5ForConditionalGeneration"],
        "n_positions": 512,
        "is_encoder_decoder": True,
    },
    "whisper-tiny": {
        "model_type": "whisper",
        "num_hidden_layers": 4,
        "is_encoder_decoder": True,
        "mask_time_prob": 0.05,
    },
    "vit-base": {"model_type": "vit", "id2label": {str(k): "x" for k in range(1000)}},
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_is_shipped_is_extended_and_nothing_else(name: str, tmp_path: Path) -> None:
    made = imported(tmp_path, PUBLISHED[name])
    assert made.text == f"format: 1\nname: Mine\nextends: {name}\n"


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_total_is_exact(name: str, tmp_path: Path) -> None:
    assert totals(graph_of(tmp_path, PUBLISHED[name])).all.trained == EXACT[name]


def test_a_variant_says_what_is_different_and_no_more(tmp_path: Path) -> None:
    config = PUBLISHED["llama-3.1-8b"] | {"num_hidden_layers": 8, "attention_bias": True}
    assert imported(tmp_path, config).text == (
        "format: 1\n"
        "name: Mine\n"
        "about: Llama with the sizes and settings of a config.json.\n"
        "extends: llama-3.1-8b\n"
        'source: "config.json, a config of the family llama"\n'
        "\n"
        "dims: {layers: 8}\n"
        "set:\n"
        "  stack.*.attn: {with: {biased: true}}\n"
    )


def test_what_follows_from_other_sizes_is_left_out(tmp_path: Path) -> None:
    config = {"model_type": "gpt2", "n_embd": 60, "n_inner": 240}
    assert "dims: {d_model: 60}\n" in imported(tmp_path, config).text


@pytest.mark.parametrize("family", FAMILIES)
def test_all_bases_of_a_family_become_the_same_spec(family: str, tmp_path: Path) -> None:
    """What one base says is unsaid by the pieces where the config says something else."""
    config = next(c for c in PUBLISHED.values() if c["model_type"] == family)
    pieces = pieces_of(config, tmp_path)
    graphs = [likeness(built(base, pieces)) for base in FAMILIES[family].bases]
    assert all(one == graphs[0] for one in graphs)


def test_likeness_tells_graphs_apart(tmp_path: Path) -> None:
    _, one = load("llama-2-7b", keywords={"layers": 2})
    _, same = load("llama-2-7b", keywords={"layers": 2, "kv_heads": 32})
    assert likeness(one) == likeness(same)
    for edit in (
        "dims.context=5",
        "dims.layers=3",
        "blocks.Norm={use: RMSNorm, with: {eps: 1e-6}}",
        "set.stack.vary={sees: [none, 5]}",
        "set.logits.tie={weight: tok.table}",
        "set.stack.*.y.in=[x, ff]",
    ):
        _, other = load("llama-2-7b", [edit], {} if "layers" in edit else {"layers": 2})
        assert likeness(one) != likeness(other), edit


def test_cycles_of_layers() -> None:
    assert shortest_cycle("aabaabaa") == list("aab")
    assert shortest_cycle("aaaa") == ["a"]
    assert shortest_cycle("aaab") == list("aaab")
    assert shortest_cycle("abcab") == list("abc")
    assert shortest_cycle("") == []


def test_a_pattern_that_transformers_writes_of_other_layers_says_nothing(tmp_path: Path) -> None:
    """It writes ``_sliding_window_pattern`` 6 beside any layer_types."""
    config = PUBLISHED["gemma-3-270m"] | {
        "num_hidden_layers": 2,
        "layer_types": ["sliding_attention", "full_attention"],
    }
    assert "vary: {use: [Local, Global]}" in imported(tmp_path, config).text


def test_an_empty_scaling_is_as_good_as_none(tmp_path: Path) -> None:
    """Gpt-oss has a scaling by default, which an empty one does not take away."""
    config = PUBLISHED["gpt-oss-120b"]
    assert imported(tmp_path, config | {"rope_scaling": {}}).text.endswith("gpt-oss-120b\n")
    assert "{theta: 150000}" in imported(tmp_path, config | {"rope_parameters": {}}).text


def test_a_stretch_of_0_is_as_good_as_none(tmp_path: Path) -> None:
    scaled = {"type": "yarn", "factor": 40, "original_max_position_embeddings": 4096}
    config = PUBLISHED["deepseek-v3"] | {"rope_scaling": scaled}
    none = {"rope_scaling": scaled | {"mscale": 1.0, "mscale_all_dim": 0}}
    assert imported(tmp_path, config).text == imported(tmp_path, config | none).text


def test_what_transformers_5_writes_beside_its_parts_is_read(tmp_path: Path) -> None:
    config = PUBLISHED["deepseek-v3"] | {"head_dim": 64, "qk_head_dim": 192}
    assert imported(tmp_path, config).text == "format: 1\nname: Mine\nextends: deepseek-v3\n"
    saved = {"model_type": "t5", "tie_word_embeddings": True, "scale_decoder_outputs": False}
    assert "small: {with: {by: 1}}" in imported(tmp_path, saved).text
