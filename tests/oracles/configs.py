"""Random configs of every family that boxwork imports; absent keys have their defaults."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

Config = dict[str, Any]


def sizes(rng: random.Random) -> Config:
    """Heads that share keys, of a width of their own or not; a few layers."""
    kv_heads = rng.choice([1, 2, 3, 5])
    heads = kv_heads * rng.choice([1, 2, 3, 4])
    width = 2 * rng.randint(3, 40)
    found = {
        "vocab_size": rng.randint(100, 5000),
        "hidden_size": heads * width,
        "intermediate_size": rng.randint(30, 900),
        "num_hidden_layers": rng.randint(1, 13),
        "num_attention_heads": heads,
        "num_key_value_heads": kv_heads,
        "max_position_embeddings": rng.choice([128, 2048, 40960]),
    }
    if rng.random() < 0.3:
        found["rms_norm_eps"] = rng.choice([1e-5, 1e-6, 3e-6])
    return found


def head_dim(rng: random.Random, chance: float = 0.4) -> Config:
    """Heads that together are not as wide as the model."""
    return {"head_dim": 2 * rng.randint(3, 30)} if rng.random() < chance else {}


def maybe(rng: random.Random, **choices: list[Any]) -> Config:
    """Each key with a value of its own, or absent."""
    return {name: rng.choice(values) for name, values in choices.items() if rng.random() < 0.6}


SCALINGS: list[Config] = [
    {"rope_type": "default"},
    {"rope_type": "linear", "factor": 4.0},
    {
        "rope_type": "llama3",
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 64,
    },
]
YARN: Config = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 512}


def rope(rng: random.Random, scalings: list[Config] = SCALINGS) -> Config:
    """Rotary positions in the spelling of transformers 4, in that of 5, or absent."""
    theta, scaling = rng.choice([10000.0, 500000.0, 1000000]), rng.choice(scalings)
    match rng.choice(["old", "older", "new", "none"]):
        case "old":
            return {"rope_theta": theta, "rope_scaling": scaling}
        case "older":
            scaling = {("type" if k == "rope_type" else k): v for k, v in scaling.items()}
            return {"rope_theta": theta, "rope_scaling": scaling}
        case "new":
            return {"rope_parameters": {"rope_theta": theta, **scaling}}
    return {}


FLAGS = [True, False]


def gpt2(rng: random.Random) -> Config:
    """GPT-2, whose sizes have names of their own."""
    heads = rng.randint(1, 12)
    return {
        "n_embd": heads * rng.randint(3, 40),
        "n_head": heads,
        "n_layer": rng.randint(1, 13),
        "vocab_size": rng.randint(100, 5000),
        **maybe(
            rng,
            n_positions=[64, 1024, 3000],
            n_inner=[None, 100, 333],
            tie_word_embeddings=FLAGS,
            activation_function=["gelu_new", "relu", "gelu", "silu"],
            layer_norm_epsilon=[1e-5, 1e-6],
            resid_pdrop=[0.0, 0.1],
            embd_pdrop=[0.0, 0.1],
            scale_attn_weights=FLAGS,
        ),
    }


def llama(rng: random.Random) -> Config:
    """Llama."""
    more = maybe(
        rng,
        attention_bias=FLAGS,
        mlp_bias=FLAGS,
        tie_word_embeddings=FLAGS,
        hidden_act=["silu", "gelu", "relu"],
    )
    return sizes(rng) | head_dim(rng) | rope(rng) | more


def mistral(rng: random.Random) -> Config:
    """Mistral."""
    more = maybe(rng, sliding_window=[None, 7, 4096], tie_word_embeddings=FLAGS)
    return sizes(rng) | head_dim(rng) | rope(rng) | more


def qwen3(rng: random.Random) -> Config:
    """Qwen3; its heads are 128 wide if it does not say."""
    found = sizes(rng) | head_dim(rng, 0.7) | rope(rng)
    found |= maybe(rng, attention_bias=FLAGS, tie_word_embeddings=FLAGS)
    layers = found["num_hidden_layers"]
    if rng.random() < 0.4:
        found |= {"use_sliding_window": True, "sliding_window": 9}
        found["max_window_layers"] = rng.randint(0, layers)
    if rng.random() < 0.3:
        found |= {"use_sliding_window": True, "sliding_window": 9}
        found["layer_types"] = kinds(rng, layers)
    return found


def kinds(rng: random.Random, layers: int) -> list[str]:
    """A regular pattern of layers, or none."""
    both = ["sliding_attention", "full_attention"]
    cycle = [rng.choice(both) for _ in range(rng.randint(1, 4))]
    if rng.random() < 0.3:
        return [rng.choice(both) for _ in range(layers)]
    return [cycle[k % len(cycle)] for k in range(layers)]


def olmo2(rng: random.Random) -> Config:
    """OLMo 2."""
    more = maybe(rng, attention_bias=FLAGS, tie_word_embeddings=FLAGS)
    return sizes(rng) | head_dim(rng) | rope(rng) | more


def phi3(rng: random.Random) -> Config:
    """Phi-3, whose tokens for padding must be in its vocabulary."""
    more = maybe(rng, sliding_window=[None, 7], tie_word_embeddings=FLAGS)
    return sizes(rng) | {"pad_token_id": 0} | rope(rng, SCALINGS[:1]) | more


def gemma3(rng: random.Random) -> Config:
    """Gemma 3, the part that reads text."""
    found = sizes(rng) | head_dim(rng, 0.7)
    found |= maybe(
        rng,
        attention_bias=FLAGS,
        tie_word_embeddings=FLAGS,
        query_pre_attn_scalar=[256, 168, 24],
        sliding_window=[512, 11],
    )
    layers = found["num_hidden_layers"]
    found |= rng.choice(
        [{}, {"sliding_window_pattern": rng.randint(1, 7)}, {"layer_types": kinds(rng, layers)}]
    )
    near, far = {"rope_type": "default", "rope_theta": 10000.0}, SCALINGS[1]
    return found | rng.choice(
        [
            {},
            {"rope_theta": 1e6, "rope_local_base_freq": 20000.0, "rope_scaling": far},
            {"rope_parameters": {"sliding_attention": near, "full_attention": far}},
        ]
    )


def smollm3(rng: random.Random) -> Config:
    """SmolLM3."""
    found = sizes(rng) | rope(rng) | {"pad_token_id": 0}
    found |= maybe(rng, attention_bias=FLAGS, mlp_bias=FLAGS, tie_word_embeddings=FLAGS)
    layers = found["num_hidden_layers"]
    turned = [rng.choice([0, 1, 1]) for _ in range(layers)]
    found |= rng.choice([{}, {"no_rope_layer_interval": 3}, {"no_rope_layers": turned}])
    if rng.random() < 0.4:
        found |= {"use_sliding_window": True, "sliding_window": 9}
    return found


def experts(rng: random.Random, count: str) -> Config:
    """A few experts, of which some are active."""
    found = rng.randint(2, 9)
    return {count: found, "num_experts_per_tok": rng.randint(1, found)}


def mixtral(rng: random.Random) -> Config:
    """Mixtral."""
    more = maybe(
        rng, sliding_window=[None, 7], tie_word_embeddings=FLAGS, hidden_act=["silu", "gelu"]
    )
    found = sizes(rng) | head_dim(rng) | rope(rng) | more
    return found | experts(rng, "num_local_experts")


def qwen3_moe(rng: random.Random) -> Config:
    """Qwen3 with experts in all layers."""
    found = sizes(rng) | head_dim(rng, 0.7) | rope(rng) | experts(rng, "num_experts")
    return found | maybe(
        rng,
        attention_bias=FLAGS,
        tie_word_embeddings=FLAGS,
        moe_intermediate_size=[33, 90],
        norm_topk_prob=FLAGS,
        use_sliding_window=FLAGS,
    )


def gpt_oss(rng: random.Random) -> Config:
    """gpt-oss."""
    found = sizes(rng) | head_dim(rng, 0.7) | rope(rng, [*SCALINGS, YARN])
    found |= experts(rng, "num_local_experts")
    found |= maybe(
        rng,
        attention_bias=FLAGS,
        tie_word_embeddings=FLAGS,
        sliding_window=[128, 5],
        swiglu_limit=[7.0, 5.5],
    )
    layers = found["num_hidden_layers"]
    return found | rng.choice([{}, {"layer_types": kinds(rng, layers)}])


def glm4_moe(rng: random.Random) -> Config:
    """GLM-4.5; half of a head is turned if it does not say."""
    found = sizes(rng) | {"head_dim": 4 * rng.randint(2, 15)} | rope(rng, SCALINGS[:1])
    found["intermediate_size"] //= 2
    groups = rng.choice([1, 2, 3])
    found |= {
        "n_routed_experts": groups * rng.randint(2, 4),
        "n_group": groups,
        "topk_group": rng.randint(1, groups),
        "num_experts_per_tok": rng.randint(1, 2),
    }
    return found | maybe(
        rng,
        attention_bias=FLAGS,
        use_qk_norm=FLAGS,
        tie_word_embeddings=FLAGS,
        moe_intermediate_size=[33, 90],
        n_shared_experts=[1, 2],
        first_k_dense_replace=[0, 1, 2, 20],
        routed_scaling_factor=[1.0, 2.5],
        partial_rotary_factor=[0.5, 1.0],
    )


def deepseek_v3(rng: random.Random) -> Config:
    """DeepSeek-V3; its heads have keys of their own."""
    heads, groups = rng.randint(1, 6), rng.choice([1, 2, 4])
    found = {
        "vocab_size": rng.randint(100, 5000),
        "hidden_size": rng.randint(20, 400),
        "intermediate_size": rng.randint(30, 900),
        "moe_intermediate_size": rng.randint(10, 90),
        "num_hidden_layers": rng.randint(1, 7),
        "num_attention_heads": heads,
        "num_key_value_heads": heads,
        "n_routed_experts": groups * rng.randint(2, 5),
        "n_group": groups,
        "topk_group": rng.randint(1, groups),
        "num_experts_per_tok": rng.randint(1, 2),
        "qk_rope_head_dim": 2 * rng.randint(2, 20),
    }
    factors = {"factor": 40, "original_max_position_embeddings": 4096, "mscale": 1.0}
    scaled = {"type": "yarn", "beta_fast": 32, "beta_slow": 1, "mscale_all_dim": 1.0, **factors}
    return found | maybe(
        rng,
        n_shared_experts=[1, 2],
        first_k_dense_replace=[0, 1, 2, 9],
        q_lora_rank=[24, 100],
        kv_lora_rank=[16, 33],
        qk_nope_head_dim=[12, 31],
        v_head_dim=[8, 27],
        tie_word_embeddings=FLAGS,
        rope_interleave=FLAGS,
        routed_scaling_factor=[1.0, 2.5],
        rope_scaling=[None, scaled],
    )


def bert(rng: random.Random) -> Config:
    """BERT with its pooler."""
    heads = rng.randint(1, 9)
    found = {
        "vocab_size": rng.randint(100, 5000),
        "hidden_size": heads * rng.randint(3, 40),
        "num_attention_heads": heads,
        "num_hidden_layers": rng.randint(1, 9),
    }
    return found | maybe(
        rng,
        intermediate_size=[77, 300],
        max_position_embeddings=[64, 300],
        type_vocab_size=[1, 2, 4],
        hidden_act=["gelu", "relu", "gelu_new"],
        hidden_dropout_prob=[0.0, 0.1],
        layer_norm_eps=[1e-12, 1e-5],
    )


def t5(rng: random.Random) -> Config:
    """T5, plain or gated, its sides of unlike depth or not."""
    found = {
        "vocab_size": rng.randint(100, 5000),
        "d_model": rng.randint(20, 300),
        "num_heads": rng.randint(1, 9),
        "num_layers": rng.randint(1, 6),
    }
    return found | maybe(
        rng,
        d_kv=[8, 31],
        d_ff=[77, 300],
        num_decoder_layers=[None, 1, 5],
        relative_attention_num_buckets=[8, 32],
        relative_attention_max_distance=[64, 200],
        feed_forward_proj=["relu", "gated-gelu", "gated-silu", "gelu"],
        tie_word_embeddings=FLAGS,
        dropout_rate=[0.0, 0.2],
        layer_norm_epsilon=[1e-6, 1e-5],
    )


def whisper(rng: random.Random) -> Config:
    """Whisper, its sides alike or not; the tokens that generation needs are in its vocabulary."""
    heads = rng.choice([2, 4, 6])
    found = {
        "vocab_size": rng.randint(100, 5000),
        "d_model": heads * 2 * rng.randint(4, 30),
        "encoder_layers": rng.randint(1, 6),
        "decoder_layers": rng.randint(1, 6),
        "encoder_attention_heads": heads,
        "decoder_attention_heads": rng.choice([1, 2, heads]),
        "pad_token_id": 0,
    }
    return found | maybe(
        rng,
        encoder_ffn_dim=[100, 333],
        decoder_ffn_dim=[100, 333],
        num_mel_bins=[80, 128],
        max_source_positions=[100, 1500],
        max_target_positions=[50, 448],
        activation_function=["gelu", "relu"],
        tie_word_embeddings=FLAGS,
    )


def vit(rng: random.Random) -> Config:
    """A classifier of images."""
    heads, patch = rng.randint(1, 9), rng.choice([8, 14, 16])
    classes = rng.randint(2, 50)
    found = {
        "hidden_size": heads * rng.randint(3, 40),
        "num_attention_heads": heads,
        "num_hidden_layers": rng.randint(1, 9),
        "patch_size": rng.choice([patch, [patch, patch]]),
        "image_size": patch * rng.randint(2, 20),
    }
    named = {"id2label": {str(k): f"class {k}" for k in range(classes)}}
    return (
        found
        | rng.choice([{}, {"num_labels": classes}, named])
        | maybe(
            rng,
            intermediate_size=[77, 300],
            num_channels=[1, 3],
            qkv_bias=FLAGS,
            hidden_act=["gelu", "relu"],
            layer_norm_eps=[1e-12, 1e-6],
        )
    )


FAMILIES: dict[str, Callable[[random.Random], Config]] = {
    "gpt2": gpt2,
    "llama": llama,
    "mistral": mistral,
    "qwen3": qwen3,
    "olmo2": olmo2,
    "phi3": phi3,
    "gemma3_text": gemma3,
    "smollm3": smollm3,
    "mixtral": mixtral,
    "qwen3_moe": qwen3_moe,
    "gpt_oss": gpt_oss,
    "glm4_moe": glm4_moe,
    "deepseek_v3": deepseek_v3,
    "bert": bert,
    "t5": t5,
    "whisper": whisper,
    "vit": vit,
}
