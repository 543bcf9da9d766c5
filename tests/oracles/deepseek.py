"""Write what Hugging Face's DeepSeek-V3 computes: with groups of experts, and with one, as Kimi K2.

As decoders.py does it; the biases of the choice are no parameters there, but drawn anew as well.

    python tests/oracles/deepseek.py [deepseek_v3 kimi_k2]
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from decoders import float64
from generate import Renaming, draw_tokens, perturb, renamed
from storing import exact, write
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM

VOCAB, LENGTH, DENSE = 29, 72, 1  # more positions than the original context of 64
COMMON: dict[str, Any] = {
    "vocab_size": VOCAB,
    "hidden_size": 24,
    "intermediate_size": 28,
    "moe_intermediate_size": 10,
    "num_hidden_layers": 3,
    "first_k_dense_replace": DENSE,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "q_lora_rank": 12,
    "kv_lora_rank": 9,
    "qk_nope_head_dim": 6,
    "qk_rope_head_dim": 8,
    "v_head_dim": 5,
    "n_shared_experts": 1,
    "norm_topk_prob": True,
    "rms_norm_eps": 1e-6,
    "rope_interleave": True,
    "num_nextn_predict_layers": 0,
    "tie_word_embeddings": False,
    "pad_token_id": 0,
    "bos_token_id": 0,
    "eos_token_id": 0,
}


def yarn(base: float, factor: float, fast: float) -> dict[str, Any]:
    """Rotary positions for a context that many times as long."""
    return {
        "max_position_embeddings": int(64 * factor),
        "rope_parameters": {
            "rope_type": "yarn",
            "rope_theta": base,
            "factor": factor,
            "beta_fast": fast,
            "beta_slow": 1.0,
            "mscale": 1.0,
            "mscale_all_dim": 1.0,
            "original_max_position_embeddings": 64,
        },
    }


MODELS: dict[str, dict[str, Any]] = {
    "deepseek_v3": {
        "n_routed_experts": 8,
        "num_experts_per_tok": 3,
        "n_group": 4,
        "topk_group": 2,
        "routed_scaling_factor": 2.5,
        **yarn(1e4, 40.0, 32.0),
    },
    "kimi_k2": {
        "n_routed_experts": 6,
        "num_experts_per_tok": 2,
        "n_group": 1,
        "topk_group": 1,
        "routed_scaling_factor": 2.827,
        **yarn(5e4, 32.0, 1.0),
    },
}


def layer(number: int) -> Renaming:
    """The rules of one layer; the first ones, without experts, are a stack of their own."""
    theirs = rf"model\.layers\.{number}"
    ours = f"first.{number}" if number < DENSE else f"stack.{number - DENSE}"
    found: Renaming = {
        rf"{theirs}\.input_layernorm\.weight": ([f"{ours}.norm_1.scale"], "same"),
        rf"{theirs}\.post_attention_layernorm\.weight": ([f"{ours}.norm_2.scale"], "same"),
        rf"{theirs}\.self_attn\.q_a_layernorm\.weight": ([f"{ours}.attn.q_latent.scale"], "same"),
        rf"{theirs}\.self_attn\.kv_a_layernorm\.weight": ([f"{ours}.attn.latent.scale"], "same"),
    }
    attention = {
        "q_a_proj": "q_down",
        "q_b_proj": "q_up",
        "kv_a_proj_with_mqa": "kv_down",
        "kv_b_proj": "kv_up",
        "o_proj": "y",
    }
    for name, box in attention.items():
        path = f"{ours}.attn.{box}.weight"
        found[rf"{theirs}\.self_attn\.{name}\.weight"] = ([path], "turned")
    shared = rf"{theirs}\.mlp" if number < DENSE else rf"{theirs}\.mlp\.shared_experts"
    box = f"{ours}.ff" if number < DENSE else f"{ours}.ff.always"
    found[rf"{shared}\.(gate|up)_proj\.weight"] = ([rf"{box}.\1.weight"], "turned")
    found[rf"{shared}\.down_proj\.weight"] = ([f"{box}.y.weight"], "turned")
    if number >= DENSE:
        found[rf"{theirs}\.mlp\.gate\.weight"] = ([f"{ours}.ff.scores.weight"], "turned")
    return found


def experts(model: nn.Module) -> dict[str, np.ndarray]:
    """What all experts have in one array, [experts, out, in]; and the biases of the choice."""
    found = {}
    for number, one in enumerate(model.model.layers[DENSE:]):
        ff, ours = one.mlp, f"stack.{number}.ff"
        both = ff.experts.gate_up_proj.detach().numpy().swapaxes(1, 2)
        gate, up = np.split(both, 2, axis=-1)
        found[f"{ours}.routed.gate.weight"], found[f"{ours}.routed.up.weight"] = gate, up
        down = ff.experts.down_proj.detach().numpy().swapaxes(1, 2)
        found[f"{ours}.routed.y.weight"] = down
        found[f"{ours}.bias.value"] = ff.gate.e_score_correction_bias.numpy()
    return {path: np.ascontiguousarray(array) for path, array in found.items()}


class Others(nn.Module):
    """The parameters of a model without those of its experts."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self._found = {k: v for k, v in model.named_parameters() if ".experts." not in k}

    def named_parameters(self, *_: Any, **__: Any) -> Any:
        """By name."""
        return iter(self._found.items())


def decoder(name: str, seed: int) -> dict[str, np.ndarray]:
    """The logits of one model."""
    config = AutoConfig.for_model("deepseek_v3", **COMMON, **MODELS[name])
    config._attn_implementation = config._experts_implementation = "eager"
    stored_as = torch.float32  # before the patch makes it float64
    random = torch.Generator().manual_seed(seed + 2)
    with torch.no_grad(), float64():
        model = AutoModelForCausalLM.from_config(config, attn_implementation="eager")
        model = model.double().eval()
        perturb(model, seed)
        for buffer, drawn in model.named_buffers():
            if buffer.endswith("e_score_correction_bias"):
                noise = torch.randn(drawn.shape, generator=random, dtype=torch.float64)
                drawn.copy_(0.2 * noise)
                drawn.copy_(drawn.to(stored_as).to(torch.float64))
        for parameter in model.parameters():
            parameter.data = parameter.data.to(stored_as).to(torch.float64)
        tokens = draw_tokens(VOCAB, (2, LENGTH), seed + 1)
        logits = model(input_ids=tokens, use_cache=False).logits
        assert logits.dtype == torch.float64
    rules: Renaming = {
        r"model\.embed_tokens\.weight": (["tok.table"], "same"),
        r"model\.norm\.weight": (["norm.scale"], "same"),
        r"lm_head\.weight": (["logits.weight"], "turned"),
    }
    for number in range(COMMON["num_hidden_layers"]):
        rules |= layer(number)
    arrays = renamed(Others(model), rules) | experts(model)
    return exact(arrays) | {"tokens": tokens.numpy(), "logits": logits.numpy()}


if __name__ == "__main__":
    write(MODELS, decoder, range(60, 1060, 3))
