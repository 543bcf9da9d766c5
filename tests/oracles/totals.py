"""Write how many parameters Hugging Face's models have, built on the meta device (no memory).

A tied matrix counts once. The sizes are those of the published config.json files.

    python tests/oracles/totals.py
"""

from __future__ import annotations

import json
from typing import Any

import torch
from generate import HERE
from transformers import AutoConfig, AutoModelForCausalLM


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
}


def total(settings: dict[str, Any]) -> int:
    """How many numbers a model learns."""
    settings = dict(settings)
    config = AutoConfig.for_model(settings.pop("model_type"), **settings)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    return sum(parameter.numel() for parameter in model.parameters())


def main() -> None:
    """Write totals.json."""
    totals = {name: total(settings) for name, settings in MODELS.items()}
    text = json.dumps(totals, indent=2) + "\n"
    (HERE / "totals.json").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
