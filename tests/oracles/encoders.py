"""Write what Hugging Face's encoders compute: parameters, inputs and outputs of tiny models.

As decoders.py does it. Texts of unlike length are padded and masked there; ``length`` tells how
much of each counts, and what stands behind it means nothing.

    python tests/oracles/encoders.py [bert t5 t5-gated whisper vit]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from decoders import float64
from generate import Renaming, draw_tokens, perturb, renamed
from storing import exact, write
from torch import Tensor, nn
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForImageClassification,
    AutoModelForSeq2SeqLM,
    AutoModelForSpeechSeq2Seq,
)

VOCAB, D_MODEL, HEADS, D_FF, LAYERS = 29, 16, 4, 20, 2
SPECIAL = {"pad_token_id": 0, "bos_token_id": 0, "eos_token_id": 0}
WIDE = {
    "hidden_size": D_MODEL,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "intermediate_size": D_FF,
}


def linear(theirs: str, ours: str) -> Renaming:
    """A linear layer, with its bias if it has one."""
    weight: Renaming = {rf"{theirs}\.weight": ([f"{ours}.weight"], "turned")}
    return weight | {rf"{theirs}\.bias": ([f"{ours}.bias"], "same")}


def norm(theirs: str, ours: str) -> Renaming:
    """A norm, with its bias if it has one."""
    scale: Renaming = {rf"{theirs}\.weight": ([f"{ours}.scale"], "same")}
    return scale | {rf"{theirs}\.bias": ([f"{ours}.bias"], "same")}


_BERT = r"encoder\.layer\.(\d+)"
BERT: Renaming = {
    r"embeddings\.word_embeddings\.weight": (["tok.table"], "same"),
    r"embeddings\.position_embeddings\.weight": (["pos.embed.table"], "same"),
    r"embeddings\.token_type_embeddings\.weight": (["type.table"], "same"),
    **norm(r"embeddings\.LayerNorm", "norm"),
    **linear(rf"{_BERT}\.attention\.self\.([qkv])(?:uery|ey|alue)", r"stack.\1.attn.\2"),
    **linear(rf"{_BERT}\.attention\.output\.dense", r"stack.\1.attn.y"),
    **norm(rf"{_BERT}\.attention\.output\.LayerNorm", r"stack.\1.norm_1.y"),
    **linear(rf"{_BERT}\.intermediate\.dense", r"stack.\1.ff.up"),
    **linear(rf"{_BERT}\.output\.dense", r"stack.\1.ff.y"),
    **norm(rf"{_BERT}\.output\.LayerNorm", r"stack.\1.y.y"),
    **linear(r"pooler\.dense", "pooled.dense"),
}


def _t5(side: str, ours: str, attentions: tuple[str, ...]) -> Renaming:
    """One side of a T5: attentions and a feed-forward network, each after a norm."""
    block = rf"{side}\.block\.(\d+)\.layer\.(?:\d)"
    found: Renaming = {
        rf"{side}\.block\.0\.layer\.0\.SelfAttention\.relative_attention_bias\.weight": (
            [f"bias_{ours}.embed.table"],
            "same",
        ),
        **norm(rf"{side}\.final_layer_norm", f"norm_{ours}"),
    }
    for theirs, name in zip(("SelfAttention", "EncDecAttention"), attentions, strict=False):
        found |= linear(rf"{block}\.{theirs}\.([qkv])", rf"{side}.\1.{name}.\2")
        found |= linear(rf"{block}\.{theirs}\.o", rf"{side}.\1.{name}.y")
    for place in range(len(attentions) + 1):
        theirs = rf"{side}\.block\.(\d+)\.layer\.{place}\.layer_norm"
        found |= norm(theirs, rf"{side}.\1.norm_{place + 1}")
    found |= linear(rf"{block}\.DenseReluDense\.wo", rf"{side}.\1.ff.y")
    found |= linear(rf"{block}\.DenseReluDense\.wi_0", rf"{side}.\1.ff.gate")
    return found | linear(rf"{block}\.DenseReluDense\.wi(?:_1)?", rf"{side}.\1.ff.up")


T5: Renaming = {
    r"shared\.weight": (["embed_source.table"], "same"),
    **_t5("encoder", "source", ("attn",)),
    **_t5("decoder", "target", ("self", "cross")),
}


def _whisper(side: str, attentions: dict[str, str], last: str) -> Renaming:
    """One side of a Whisper: each norm is named after what comes behind it."""
    layer, found = rf"model\.{side}\.layers\.(\d+)", {}
    for place, (theirs, ours) in enumerate(attentions.items(), start=1):
        found |= linear(rf"{layer}\.{theirs}\.([qkv])_proj", rf"{side}.\1.{ours}.\2")
        found |= linear(rf"{layer}\.{theirs}\.out_proj", rf"{side}.\1.{ours}.y")
        found |= norm(rf"{layer}\.{theirs}_layer_norm", rf"{side}.\1.norm_{place}")
    found |= norm(rf"{layer}\.final_layer_norm", rf"{side}.\1.norm_{len(attentions) + 1}")
    found |= linear(rf"{layer}\.fc1", rf"{side}.\1.ff.up")
    found |= linear(rf"{layer}\.fc2", rf"{side}.\1.ff.y")
    return found | norm(rf"model\.{side}\.layer_norm", last)


WHISPER: Renaming = {
    # [out, in, kernel] -> [kernel, in, out]
    r"model\.encoder\.conv(\d)\.weight": ([r"conv_\1.weight"], "reversed"),
    r"model\.encoder\.conv(\d)\.bias": ([r"conv_\1.bias"], "same"),
    r"model\.encoder\.embed_positions\.weight": (["sinusoids"], "same"),
    r"model\.decoder\.embed_tokens\.weight": (["embed_target.table"], "same"),
    r"model\.decoder\.embed_positions\.weight": (["pos_target.embed.table"], "same"),
    **_whisper("encoder", {"self_attn": "attn"}, "memory"),
    **_whisper("decoder", {"self_attn": "self", "encoder_attn": "cross"}, "norm"),
}

_VIT = r"vit\.layers\.(\d+)"
VIT: Renaming = {
    r"vit\.embeddings\.cls_token": (["cls.value"], "same"),
    r"vit\.embeddings\.position_embeddings": (["pos.value"], "same"),
    r"vit\.embeddings\.patch_embeddings\.projection\.weight": (["embed.weight"], "reversed"),
    r"vit\.embeddings\.patch_embeddings\.projection\.bias": (["embed.bias"], "same"),
    **linear(rf"{_VIT}\.attention\.([qkv])_proj", r"stack.\1.attn.\2"),
    **linear(rf"{_VIT}\.attention\.o_proj", r"stack.\1.attn.y"),
    **norm(rf"{_VIT}\.layernorm_before", r"stack.\1.norm_1"),
    **norm(rf"{_VIT}\.layernorm_after", r"stack.\1.norm_2"),
    **linear(rf"{_VIT}\.mlp\.fc1", r"stack.\1.ff.up"),
    **linear(rf"{_VIT}\.mlp\.fc2", r"stack.\1.ff.y"),
    **norm(r"vit\.layernorm", "norm"),
    **linear("classifier", "logits"),
}


def shown(lengths: list[int]) -> Tensor:
    """What is no padding, [batch longest]."""
    return (torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]).long()


def bert(model: nn.Module, seed: int) -> dict[str, Any]:
    """Three texts with two segments."""
    lengths = [11, 7, 1]
    tokens, types = draw_tokens(VOCAB, (3, 11), seed), draw_tokens(2, (3, 11), seed + 1)
    found = model(input_ids=tokens, token_type_ids=types, attention_mask=shown(lengths))
    given = {"tokens": tokens, "types": types, "length": torch.tensor(lengths)}
    return given | {"embedding": found.last_hidden_state, "pooled": found.pooler_output}


def t5(model: nn.Module, seed: int) -> dict[str, Any]:
    """Two sources, one of them shorter; targets past the last bucket."""
    lengths = [27, 12]
    source, target = draw_tokens(VOCAB, (2, 27), seed), draw_tokens(VOCAB, (2, 25), seed + 1)
    mask = shown(lengths)
    logits = model(input_ids=source, attention_mask=mask, decoder_input_ids=target).logits
    given = {"source": source, "target": target, "length": torch.tensor(lengths)}
    return given | {"logits": logits}


def whisper(model: nn.Module, seed: int) -> dict[str, Any]:
    """Two pieces of noise, all as long as the model wants them."""
    random = torch.Generator().manual_seed(seed)
    audio = torch.randn((2, 14, 5), generator=random, dtype=torch.float64)
    target = draw_tokens(VOCAB, (2, 9), seed + 1)
    logits = model(input_features=audio.mT, decoder_input_ids=target).logits
    return {"audio": audio, "target": target, "logits": logits}


def vit(model: nn.Module, seed: int) -> dict[str, Any]:
    """Two images; theirs have the channels first."""
    random = torch.Generator().manual_seed(seed)
    image = torch.randn((2, 12, 12, 3), generator=random, dtype=torch.float64)
    return {"image": image, "logits": model(pixel_values=image.permute(0, 3, 1, 2)).logits}


def with_patches(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A ViT's arrays without axes of 1, and its convolution [x, y, c, out] as a matrix."""
    kernel = np.moveaxis(arrays["embed.weight"], 0, 1)  # reversed: y comes first again
    arrays["embed.weight"] = kernel.reshape((-1, kernel.shape[-1]))
    return arrays | {name: arrays[name][0] for name in ("cls.value", "pos.value")}


_T5 = {
    "model_type": "t5",
    "d_model": D_MODEL,
    "num_layers": LAYERS,
    "num_heads": HEADS,
    "d_kv": 6,
    "d_ff": D_FF,
    "relative_attention_num_buckets": 8,
    "relative_attention_max_distance": 20,
    "vocab_size": VOCAB,
    "decoder_start_token_id": 0,
} | SPECIAL
_WHISPER = {
    "model_type": "whisper",
    "vocab_size": VOCAB,
    "d_model": D_MODEL,
    "num_mel_bins": 5,
    "max_source_positions": 7,
    "max_target_positions": 11,
    "decoder_start_token_id": 0,
    "start_token_id": 0,
} | SPECIAL
for _side in ("encoder", "decoder"):
    _WHISPER |= {f"{_side}_layers": LAYERS, f"{_side}_attention_heads": HEADS}
    _WHISPER |= {f"{_side}_ffn_dim": D_FF}

Run = Callable[[nn.Module, int], dict[str, Any]]
# name -> what it is, its settings, the renaming, what is run
MODELS: dict[str, tuple[Any, dict[str, Any], Renaming, Run]] = {
    "bert": (
        AutoModel,
        {"model_type": "bert", "vocab_size": VOCAB, "max_position_embeddings": 16} | WIDE,
        BERT,
        bert,
    ),
    "t5": (AutoModelForSeq2SeqLM, _T5, T5, t5),
    "t5-gated": (AutoModelForSeq2SeqLM, _T5 | {"feed_forward_proj": "gated-gelu"}, T5, t5),
    "whisper": (AutoModelForSpeechSeq2Seq, _WHISPER, WHISPER, whisper),
    "vit": (
        AutoModelForImageClassification,
        {"model_type": "vit", "image_size": 12, "patch_size": 4, "num_labels": 7} | WIDE,
        VIT,
        vit,
    ),
}


def encoder(name: str, seed: int) -> dict[str, np.ndarray]:
    """The parameters, inputs and outputs of one model."""
    kind, settings, renaming, made = MODELS[name]
    settings = dict(settings)
    config = AutoConfig.for_model(settings.pop("model_type"), **settings)
    stored_as = torch.float32  # before the patch makes it float64
    with torch.no_grad(), float64():
        model = kind.from_config(config, attn_implementation="eager").double().eval()
        fixed = {n: p.data.clone() for n, p in model.named_parameters() if not p.requires_grad}
        perturb(model, seed)
        for path, parameter in model.named_parameters():
            parameter.data = fixed.get(path, parameter.data.to(stored_as).to(torch.float64))
        values = {key: value.numpy() for key, value in made(model, seed + 1).items()}
    arrays = renamed(model, renaming)
    arrays.pop("sinusoids", None)  # computed, not learned
    arrays = with_patches(arrays) if name == "vit" else arrays
    return exact(arrays) | values


if __name__ == "__main__":
    write(MODELS, encoder, range(60, 1060, 3))
