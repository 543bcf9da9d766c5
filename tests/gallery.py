"""The gallery at toy sizes, for the tests that look at all of it."""

import json
from pathlib import Path

TOTALS: dict[str, int] = json.loads(
    (Path(__file__).parent / "oracles" / "totals.json").read_text(encoding="utf-8")
)
ENCODERS = (
    "transformer",
    "transformer-big",
    "bert-base",
    "minilm-l6",
    "t5-small",
    "whisper-tiny",
    "vit-base",
)
DECODERS = tuple(name for name in TOTALS if name not in ENCODERS)
# One of each kind: what another of its family adds is sizes, or a head of its own.
KINDS = (
    "gpt2",
    "llama-2-7b",
    "llama-3.1-8b",
    "llama-3.2-1b",
    "mistral-7b",
    "qwen3-8b",
    "olmo-2-7b",
    "smollm3",
    "gemma-3-270m",
    "gemma-3-27b",
    "mixtral-8x7b",
    "qwen3-30b-a3b",
    "gpt-oss-20b",
    "glm-4.5-air",
    "deepseek-v3",
    "kimi-k2",
)
EXPERTS = ("mixtral", "qwen3-30b", "qwen3-235b", "gpt-oss", "glm")


def toy(name: str, **dims: int) -> dict[str, int]:
    """Sizes at which what is special is still seen: a whole cycle of layers, a short window."""
    found = {"vocab": 13, "d_model": 16, "heads": 4, "layers": 2}
    if name.startswith("gpt2"):
        return found | {"context": 80} | dims
    if name in ("deepseek-v3", "kimi-k2"):
        found |= {"q_rank": 6, "kv_rank": 5, "nope": 4, "rope": 4, "v_dim": 3, "d_ff": 20}
        found |= {"d_expert": 6, "experts": 4, "active": 2, "groups": 2, "active_groups": 1}
        return found | {"original": 16, "layers": 3, "dense": 1} | dims
    found |= {"kv_heads": 2, "head_dim": 4, "d_ff": 20}
    if name.startswith("gemma"):
        found |= {"window": 5, "layers": 7}
    if name == "mistral-7b":
        found |= {"window": 5}
    if name.startswith(EXPERTS):
        found |= {"experts": 4, "active": 2}
    if name.startswith(EXPERTS[1:]):
        found |= {"d_expert": 6}
    if name.startswith("gpt-oss"):
        found |= {"window": 5}
    if name == "smollm3":
        found |= {"layers": 5}
    return found | dims
