"""Configs that are refused, family by family: what each has that no other has."""

from pathlib import Path
from typing import Any

import pytest

from tests.importing.support import wrong

SIDES = {"encoder_attention_heads": 5, "decoder_attention_heads": 6, "scale_embedding": True}
OTHERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "deepseek_v3": (
        {"q_lora_rank": None, "num_key_value_heads": 8, "topk_method": "greedy", "n_group": 3},
        [
            "`q_lora_rank` must be a whole number, not null",
            "every head has keys of its own, but num_attention_heads 128 (the default) is not num",
            '`topk_method` is "greedy": the specs of this family know one way of choosing experts',
            "n_group 3 does not divide n_routed_experts 256 (the default)",
        ],
    ),
    "deepseek_v3 told again": (
        {"head_dim": 32, "qk_head_dim": 190},
        [
            "head_dim 32 is not the 64 that qk_rope_head_dim 64 (the default) make it",
            "qk_head_dim 190 is not the 192 that qk_nope_head_dim 128 (the default) and qk_rope_",
        ],
    ),
    "t5 odd": (
        {"relative_attention_num_buckets": 7, "relative_attention_max_distance": 5000},
        [
            "relative_attention_num_buckets 7: distances both ways need an even number, 4 or more",
            "`relative_attention_max_distance` must be a whole number, at most 4,096, not 5000",
        ],
    ),
    "bert": (
        {"position_embedding_type": "relative_key", "hidden_size": 100, "is_decoder": True},
        [
            '`position_embedding_type` is "relative_key": boxwork\'s BERT has a row for every pos',
            "hidden_size 100",
            "`is_decoder` is true",
        ],
    ),
    "t5": (
        {
            "relative_attention_max_distance": 16,
            "feed_forward_proj": "gated-mish",
            "is_encoder_decoder": False,
            "d_kv": 0,
        },
        [
            "relative_attention_max_distance 16 must lie beyond the 16 distances that have a buck",
            "`feed_forward_proj` is 'gated-mish', a feed-forward network that boxwork does not",
            "`is_encoder_decoder` is false: boxwork's T5 is an encoder and a decoder",
            "`d_kv` must be a whole number, at least 1, not 0",
        ],
    ),
    "whisper": (
        SIDES | {"dropout": 0.1},
        [
            "encoder_attention_heads 5 does not divide d_model 384 (the default)",
            "`scale_embedding` is true: boxwork's Whisper does not scale its token embedding",
            "`dropout` is 0.1: boxwork's Whisper has no dropout",
        ],
    ),
    "vit": (
        {"image_size": 30, "patch_size": [16, 8], "num_labels": 3, "id2label": {"0": "a"}},
        [
            "`patch_size` must be a whole number, the same on both sides, not a list",
            "`id2label` names 1 classes, but num_labels 3 says how many",
        ],
    ),
    "vit without classes": ({"id2label": {}}, ["`id2label` names no class | leave it out"]),
}


def test_gpt2_tells_its_own(tmp_path: Path) -> None:
    said = wrong(
        tmp_path,
        {
            "model_type": "gpt2",
            "n_embd": 10,
            "n_head": 3,
            "n_positions": 64,
            "n_ctx": 32,
            "add_cross_attention": True,
            "scale_attn_by_inverse_layer_idx": True,
            "resid_pdrop": 1,
        },
    )
    for line, expected in zip(
        said,
        (
            "4 BW574 n_head 3 does not divide n_embd 10",
            "6 BW574 n_ctx 32 is not read by transformers, which goes by n_positions 64 | leave n_",
            "7 BW575 `add_cross_attention` is true: boxwork's GPT-2 has no attention to an encod",
            "8 BW575 `scale_attn_by_inverse_layer_idx` is true: attention that is scaled by the n",
            "9 BW573 `resid_pdrop` must be a number from 0 to below 1, not 1",
        ),
        strict=True,
    ):
        assert line.startswith(expected)


@pytest.mark.parametrize("family", OTHERS)
def test_other_families_tell_their_own(family: str, tmp_path: Path) -> None:
    change, expected = OTHERS[family]
    said = wrong(tmp_path, {"model_type": family.split(maxsplit=1)[0]} | change)
    assert len(said) == len(expected), said
    for line, part in zip(said, expected, strict=True):
        assert part in line
