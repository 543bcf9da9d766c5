"""Write which experts Hugging Face's routers choose, and with which weights.

python tests/oracles/routers.py
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from decoders import float64
from generate import HERE, perturb
from torch import Tensor, nn
from transformers import AutoConfig
from transformers.models.deepseek_v3.modeling_deepseek_v3 import DeepseekV3TopkRouter
from transformers.models.glm4_moe.modeling_glm4_moe import Glm4MoeTopkRouter
from transformers.models.gpt_oss.modeling_gpt_oss import GptOssTopKRouter
from transformers.models.mixtral.modeling_mixtral import MixtralTopKRouter
from transformers.models.qwen3_moe.modeling_qwen3_moe import Qwen3MoeTopKRouter

WIDTH, POSITIONS, EXPERTS = 6, 25, 12
GROUPED = {"n_routed_experts": EXPERTS, "first_k_dense_replace": 0, "num_hidden_layers": 1}
# family -> its router, what its config says
ROUTERS: dict[str, tuple[Callable[[Any], nn.Module], dict[str, Any]]] = {
    "mixtral": (MixtralTopKRouter, {"num_local_experts": EXPERTS, "num_experts_per_tok": 2}),
    "qwen3_moe": (
        Qwen3MoeTopKRouter,
        {"num_experts": EXPERTS, "num_experts_per_tok": 5, "norm_topk_prob": True},
    ),
    "qwen3_moe-plain": (
        Qwen3MoeTopKRouter,
        {"num_experts": EXPERTS, "num_experts_per_tok": 5, "norm_topk_prob": False},
    ),
    "gpt_oss": (GptOssTopKRouter, {"num_local_experts": EXPERTS, "num_experts_per_tok": 4}),
    "deepseek_v3": (
        DeepseekV3TopkRouter,
        GROUPED
        | {"num_experts_per_tok": 4, "n_group": 4, "topk_group": 2, "routed_scaling_factor": 2.5},
    ),
    "glm4_moe": (
        Glm4MoeTopkRouter,
        GROUPED
        | {"num_experts_per_tok": 3, "n_group": 1, "topk_group": 1, "routed_scaling_factor": 1.0},
    ),
}


def routed(name: str, seed: int) -> dict[str, Tensor]:
    """The logits of every expert, the bias of the choice, and the weights, 0 of the others."""
    router, settings = ROUTERS[name]
    config = AutoConfig.for_model(name.partition("-")[0], hidden_size=WIDTH, **settings)
    random = torch.Generator().manual_seed(seed + 1)
    with torch.no_grad(), float64():
        module = router(config).double()
        perturb(module, seed)
        module.weight.data *= 5
        found = {}
        if hasattr(module, "e_score_correction_bias"):
            bias = module.e_score_correction_bias
            bias.copy_(0.2 * torch.randn(bias.shape, generator=random, dtype=torch.float64))
            found["bias"] = bias
        x = torch.randn((POSITIONS, WIDTH), generator=random, dtype=torch.float64)
        logits, weights, chosen = module(x)
        full = torch.zeros_like(logits).scatter_(-1, chosen, weights)
    return found | {"logits": logits, "weights": full}


def main() -> None:
    """Write routers.npz."""
    arrays: dict[str, np.ndarray] = {}
    for place, name in enumerate(ROUTERS):
        for part, array in routed(name, 70 + 2 * place).items():
            arrays[f"{name}.{part}"] = array.numpy()
    path = HERE / "routers.npz"
    np.savez_compressed(path, **arrays)
    print(f"{path.name}: {len(arrays)} arrays, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
