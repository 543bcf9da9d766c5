"""Write how many parameters Hugging Face's models have, built on the meta device (no memory).

A tied matrix counts once. The sizes are those of the published config.json files.

    python tests/oracles/totals.py
"""

from __future__ import annotations

import json
from typing import Any

import torch
from generate import HERE
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForImageClassification,
    AutoModelForSeq2SeqLM,
    AutoModelForSpeechSeq2Seq,
)


def gpt2(d_model: int, layers: int, heads: int) -> dict[str, Any]:
    """A GPT-2; what it does not say is the default of its family."""
    return {"model_type": "gpt2", "n_embd": d_model, "n_layer": layers, "n_head": heads}


def decoder(family: str, sizes: str, **more: Any) -> dict[str, Any]:
    """A decoder by its sizes: d_model/layers/heads/kv heads/head_dim/d_ff/vocab."""
    names = (
        "hidden_size",
        "num_hidden_layers",
        "num_attention_heads",
        "num_key_value_heads",
        "head_dim",
        "intermediate_size",
        "vocab_size",
    )
    numbers = map(int, sizes.split("/"))
    special = {"pad_token_id": 0, "bos_token_id": 0, "eos_token_id": 0}
    return dict(zip(names, numbers, strict=True)) | {"model_type": family} | special | more


def encoder(family: str, sizes: str, **more: Any) -> dict[str, Any]:
    """A BERT or a ViT by its sizes: d_model/layers/heads/d_ff."""
    names = ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size")
    return dict(zip(names, map(int, sizes.split("/")), strict=True)) | {"model_type": family} | more


def both(family: str, sizes: str, **more: Any) -> dict[str, Any]:
    """An encoder and a decoder that are alike: d_model/layers/heads/d_ff/vocab."""
    d_model, layers, heads, d_ff, vocab = map(int, sizes.split("/"))
    found = {"model_type": family, "d_model": d_model, "vocab_size": vocab} | more
    for side in ("encoder", "decoder"):
        found |= {f"{side}_layers": layers, f"{side}_attention_heads": heads}
        found |= {f"{side}_ffn_dim": d_ff}
    return found


LATENT = {"q_lora_rank": 1536, "kv_lora_rank": 512, "moe_intermediate_size": 2048}
LATENT |= {"num_nextn_predict_layers": 0}  # without the layer that predicts a second token
TIED, APART = {"tie_word_embeddings": True}, {"tie_word_embeddings": False}
MODELS = {
    "gpt2": gpt2(768, 12, 12),
    "gpt2-medium": gpt2(1024, 24, 16),
    "gpt2-large": gpt2(1280, 36, 20),
    "gpt2-xl": gpt2(1600, 48, 25),
    "llama-2-7b": decoder("llama", "4096/32/32/32/128/11008/32000", **APART),
    "llama-3.1-8b": decoder("llama", "4096/32/32/8/128/14336/128256", **APART),
    "llama-3.1-70b": decoder("llama", "8192/80/64/8/128/28672/128256", **APART),
    "llama-3.1-405b": decoder("llama", "16384/126/128/8/128/53248/128256", **APART),
    "llama-3.2-1b": decoder("llama", "2048/16/32/8/64/8192/128256", **TIED),
    "llama-3.2-3b": decoder("llama", "3072/28/24/8/128/8192/128256", **TIED),
    "smollm2-135m": decoder("llama", "576/30/9/3/64/1536/49152", **TIED),
    "smollm3": decoder("smollm3", "2048/36/16/4/128/11008/128256", **TIED),
    "mistral-7b": decoder("mistral", "4096/32/32/8/128/14336/32000", **APART),
    "qwen3-0.6b": decoder("qwen3", "1024/28/16/8/128/3072/151936", **TIED),
    "qwen3-8b": decoder("qwen3", "4096/36/32/8/128/12288/151936", **APART),
    "qwen3-32b": decoder("qwen3", "5120/64/64/8/128/25600/151936", **APART),
    "olmo-2-7b": decoder("olmo2", "4096/32/32/32/128/11008/100352", **APART),
    "phi-4": decoder("phi3", "5120/40/40/10/128/17920/100352", **APART),
    "gemma-3-270m": decoder("gemma3_text", "640/18/4/1/256/2048/262144", **TIED),
    "gemma-3-27b": decoder("gemma3_text", "5376/62/32/16/128/21504/262208", **TIED),
    "mixtral-8x7b": decoder(
        "mixtral", "4096/32/32/8/128/14336/32000", num_local_experts=8, **APART
    ),
    "mixtral-8x22b": decoder(
        "mixtral", "6144/56/48/8/128/16384/32000", num_local_experts=8, **APART
    ),
    "qwen3-30b-a3b": decoder(
        "qwen3_moe",
        "2048/48/32/4/128/6144/151936",
        num_experts=128,
        moe_intermediate_size=768,
        **APART,
    ),
    "qwen3-235b-a22b": decoder(
        "qwen3_moe",
        "4096/94/64/4/128/12288/151936",
        num_experts=128,
        moe_intermediate_size=1536,
        **APART,
    ),
    "gpt-oss-20b": decoder("gpt_oss", "2880/24/64/8/64/2880/201088", num_local_experts=32, **APART),
    "gpt-oss-120b": decoder(
        "gpt_oss", "2880/36/64/8/64/2880/201088", num_local_experts=128, **APART
    ),
    "glm-4.5-air": decoder(
        "glm4_moe",
        "4096/46/96/8/128/10944/151552",
        n_routed_experts=128,
        moe_intermediate_size=1408,
        attention_bias=True,
        **APART,
    ),
    "deepseek-v3": decoder("deepseek_v3", "7168/61/128/128/64/18432/129280", **LATENT, **APART),
    "kimi-k2": decoder(
        "deepseek_v3",
        "7168/61/64/64/64/18432/163840",
        **LATENT,
        **APART,
        n_routed_experts=384,
        first_k_dense_replace=1,
        n_group=1,
        topk_group=1,
    ),
    # Marian's are those of 2017: post-norm, sinusoids, biases everywhere, one matrix
    "transformer": both("marian", "512/6/8/2048/37000", pad_token_id=0, **TIED),
    "transformer-big": both("marian", "1024/6/16/4096/37000", pad_token_id=0, **TIED),
    "bert-base": encoder("bert", "768/12/12/3072", vocab_size=30522),
    "minilm-l6": encoder("bert", "384/6/12/1536", vocab_size=30522),
    "t5-small": {"model_type": "t5"},
    "whisper-tiny": both("whisper", "384/4/6/1536/51865"),
    "vit-base": encoder("vit", "768/12/12/3072", num_labels=1000),
}


KINDS = {
    "bert": AutoModel,
    "marian": AutoModelForSeq2SeqLM,
    "t5": AutoModelForSeq2SeqLM,
    "vit": AutoModelForImageClassification,
    "whisper": AutoModelForSpeechSeq2Seq,
}


def total(settings: dict[str, Any]) -> int:
    """How many numbers a model learns; tables of sinusoids are not among them."""
    settings = dict(settings)
    family = settings.pop("model_type")
    config = AutoConfig.for_model(family, **settings)
    with torch.device("meta"):
        model = KINDS.get(family, AutoModelForCausalLM).from_config(config)
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def main() -> None:
    """Write totals.json."""
    totals = {name: total(settings) for name, settings in MODELS.items()}
    text = json.dumps(totals, indent=2) + "\n"
    (HERE / "totals.json").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
