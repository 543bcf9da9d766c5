"""Write what an outside authority computes: parameters, inputs and logits of tiny models.

Each model is built by its authority (Hugging Face, PyTorch) in float64, every parameter is
drawn anew with noise (zero biases and unit norms would hide bugs), and all is saved under the
paths and in the layout of boxwork: weights are [in, out], and q, k and v stand apart.

    python tests/oracles/generate.py [gpt2 transformer llama gradients gru optimisers]
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from torch import Tensor, nn
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

HERE = Path(__file__).parent

# The renaming, in one place: authority's name (a pattern) -> (boxwork's paths, layout).
# More than one path: the array is cut along its outputs, into equal parts or where a third says.
# Layouts: "same"; "turned": [out, in] -> [in, out]; "reversed": all axes in the other order;
# "woven": the paths take turns along outputs.
Renaming = dict[str, tuple[list[str], str] | tuple[list[str], str, list[int]]]

GPT2: Renaming = {
    # Hugging Face's Conv1D keeps [in, out], q | k | v side by side.
    r"transformer\.wte\.weight": (["tok.table"], "same"),
    r"transformer\.wpe\.weight": (["pos.embed.table"], "same"),
    r"transformer\.h\.(\d+)\.ln_([12])\.weight": ([r"stack.\1.norm_\2.scale"], "same"),
    r"transformer\.h\.(\d+)\.ln_([12])\.bias": ([r"stack.\1.norm_\2.bias"], "same"),
    r"transformer\.h\.(\d+)\.attn\.c_attn\.(weight|bias)": (
        [r"stack.\1.attn.q.\2", r"stack.\1.attn.k.\2", r"stack.\1.attn.v.\2"],
        "same",
    ),
    r"transformer\.h\.(\d+)\.attn\.c_proj\.(weight|bias)": ([r"stack.\1.attn.y.\2"], "same"),
    r"transformer\.h\.(\d+)\.mlp\.c_fc\.(weight|bias)": ([r"stack.\1.ff.up.\2"], "same"),
    r"transformer\.h\.(\d+)\.mlp\.c_proj\.(weight|bias)": ([r"stack.\1.ff.y.\2"], "same"),
    r"transformer\.ln_f\.weight": (["norm.scale"], "same"),
    r"transformer\.ln_f\.bias": (["norm.bias"], "same"),
}

_ATTENTIONS = {
    r"encoder\.layers\.(\d+)\.self_attn": r"encoder.\1.attn",
    r"decoder\.layers\.(\d+)\.self_attn": r"decoder.\1.self",
    r"decoder\.layers\.(\d+)\.multihead_attn": r"decoder.\1.cross",
}
_LINEARS = {
    r"(encoder|decoder)\.layers\.(\d+)\.linear1": r"\1.\2.ff.up",
    r"(encoder|decoder)\.layers\.(\d+)\.linear2": r"\1.\2.ff.y",
}
_NORMS = {
    r"(encoder|decoder)\.layers\.(\d+)\.norm1": r"\1.\2.norm_1.y",
    r"encoder\.layers\.(\d+)\.norm2": r"encoder.\1.y.y",
    r"decoder\.layers\.(\d+)\.norm2": r"decoder.\1.norm_2.y",
    r"decoder\.layers\.(\d+)\.norm3": r"decoder.\1.y.y",
}
TRANSFORMER: Renaming = {r"table": (["embed_source.table"], "same")}
for theirs, ours in _ATTENTIONS.items():
    for kind, layout in (("weight", "turned"), ("bias", "same")):
        qkv = [f"{ours}.{part}.{kind}" for part in "qkv"]
        TRANSFORMER[rf"{theirs}\.in_proj_{kind}"] = (qkv, layout)
        TRANSFORMER[rf"{theirs}\.out_proj\.{kind}"] = ([f"{ours}.y.{kind}"], layout)
for theirs, ours in _LINEARS.items():
    TRANSFORMER[rf"{theirs}\.weight"] = ([f"{ours}.weight"], "turned")
    TRANSFORMER[rf"{theirs}\.bias"] = ([f"{ours}.bias"], "same")
for theirs, ours in _NORMS.items():
    TRANSFORMER[rf"{theirs}\.weight"] = ([f"{ours}.scale"], "same")
    TRANSFORMER[rf"{theirs}\.bias"] = ([f"{ours}.bias"], "same")

LLAMA: Renaming = {
    r"model\.embed_tokens\.weight": (["tok.table"], "same"),
    r"model\.layers\.(\d+)\.input_layernorm\.weight": ([r"stack.\1.norm_1.scale"], "same"),
    r"model\.layers\.(\d+)\.self_attn\.([qkv])_proj\.weight": (
        [r"stack.\1.attn.\2.weight"],
        "turned",
    ),
    r"model\.layers\.(\d+)\.self_attn\.o_proj\.weight": ([r"stack.\1.attn.y.weight"], "turned"),
    r"model\.layers\.(\d+)\.post_attention_layernorm\.weight": (
        [r"stack.\1.norm_2.scale"],
        "same",
    ),
    r"model\.layers\.(\d+)\.mlp\.(gate|up)_proj\.weight": ([r"stack.\1.ff.\2.weight"], "turned"),
    r"model\.layers\.(\d+)\.mlp\.down_proj\.weight": ([r"stack.\1.ff.y.weight"], "turned"),
    r"model\.norm\.weight": (["norm.scale"], "same"),
    r"lm_head\.weight": (["logits.weight"], "turned"),
}

# PyTorch has reset, update and new one under another: side by side, once turned.
GRU: Renaming = {
    r"weight_ih_l0": (["y.weight"], "turned"),
    r"weight_hh_l0": (["y.recurrent"], "turned"),
    r"bias_ih_l0": (["y.bias"], "same"),
    r"bias_hh_l0": (["y.recurrent_bias"], "same"),
}


def perturb(module: nn.Module, seed: int) -> None:
    """Draw every parameter anew: matrices and biases about 0, norms about 1."""
    random = torch.Generator().manual_seed(seed)
    for name, parameter in module.named_parameters():
        noise = torch.randn(parameter.shape, generator=random, dtype=torch.float64)
        unit = parameter.ndim == 1 and name.endswith("weight")  # the scale of a norm
        parameter.data = 1 + 0.2 * noise if unit else 0.2 * noise


def renamed(
    module: nn.Module,
    renaming: Renaming,
    of: Callable[[Tensor], Tensor] = Tensor.detach,
) -> dict[str, np.ndarray]:
    """The parameters, or what belongs to each, by boxwork path; every one is used, once.

    Buffers are taken where a rule is for them.
    """
    arrays: dict[str, np.ndarray] = {}
    buffers = [
        (name, buffer)
        for name, buffer in module.named_buffers()
        if any(re.fullmatch(pattern, name) for pattern in renaming)
    ]
    for name, parameter in [*module.named_parameters(), *buffers]:
        hits = [(p, *rule) for p, rule in renaming.items() if re.fullmatch(p, name)]
        if len(hits) != 1:
            raise LookupError(f"{name} matches {len(hits)} rules")
        pattern, paths, layout, *cuts = hits[0]
        array = of(parameter).detach().numpy()
        array = np.swapaxes(array, -1, -2) if layout == "turned" else array
        array = array.T if layout == "reversed" else array
        if layout == "woven":
            parts = [array[..., k :: len(paths)] for k in range(len(paths))]
        else:
            parts = np.split(array, cuts[0] if cuts else len(paths), axis=-1)
        for path, part in zip(paths, parts, strict=True):
            path = re.sub(pattern, path, name)
            if path in arrays:
                raise LookupError(f"{path} is written twice")
            arrays[path] = np.ascontiguousarray(part)
    return arrays


def draw_tokens(count: int, shape: tuple[int, int], seed: int) -> Tensor:
    """A batch of token numbers below count."""
    return torch.randint(count, shape, generator=torch.Generator().manual_seed(seed))


def gpt2_model() -> tuple[nn.Module, Tensor]:
    """Hugging Face's GPT2LMHeadModel, the head tied to the token table, and its input."""
    config = GPT2Config(
        n_embd=24,
        n_head=3,
        n_layer=2,
        n_positions=16,
        vocab_size=37,
        activation_function="gelu_new",
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=0,
        eos_token_id=0,
        attn_implementation="eager",
    )
    model = GPT2LMHeadModel(config).double().eval()
    perturb(model, seed=1)
    return model, draw_tokens(37, (3, 11), seed=2)


def gpt2() -> dict[str, np.ndarray]:
    """The logits of GPT-2."""
    model, tokens = gpt2_model()
    logits = model(input_ids=tokens, use_cache=False).logits
    return renamed(model, GPT2) | {"tokens": tokens.numpy(), "logits": logits.numpy()}


class Transformer(nn.Module):
    """torch.nn.Transformer with the paper's embeddings, post-norm, without final norms."""

    def __init__(self, vocab: int, d_model: int) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.zeros(vocab, d_model))
        inner = nn.Transformer(
            d_model=d_model,
            nhead=4,
            num_encoder_layers=2,
            num_decoder_layers=2,
            dim_feedforward=40,
            dropout=0.0,
            activation="relu",
            batch_first=True,
            norm_first=False,
        )
        inner.encoder.norm = None
        inner.decoder.norm = None
        self.encoder, self.decoder = inner.encoder, inner.decoder

    def embed(self, tokens: Tensor) -> Tensor:
        """Rows of the table times sqrt(d_model), plus the sinusoids of the paper, section 3.5."""
        width = self.table.shape[1]
        position = torch.arange(tokens.shape[1], dtype=torch.float64)[:, None]
        angle = position / 10000 ** (torch.arange(0, width, 2, dtype=torch.float64) / width)
        sinusoids = torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)
        return self.table[tokens] * math.sqrt(width) + sinusoids

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Logits for the token after each target token."""
        length = target.shape[1]
        mask = torch.ones(length, length, dtype=torch.bool).triu(1)  # True is hidden
        memory = self.encoder(self.embed(source))
        y = self.decoder(self.embed(target), memory, tgt_mask=mask)
        return y @ self.table.T


def transformer_model() -> tuple[nn.Module, Tensor, Tensor]:
    """The encoder-decoder of 2017 out of torch.nn.Transformer, and its inputs."""
    # Left in training mode: in eval mode the encoder takes a fused path. There is no dropout.
    model = Transformer(vocab=29, d_model=24).double()
    perturb(model, seed=3)
    return model, draw_tokens(29, (2, 9), seed=4), draw_tokens(29, (2, 7), seed=5)


def transformer() -> dict[str, np.ndarray]:
    """The logits of the encoder-decoder."""
    model, source, target = transformer_model()
    logits = model(source, target)
    return renamed(model, TRANSFORMER) | {
        "source": source.numpy(),
        "target": target.numpy(),
        "logits": logits.numpy(),
    }


def llama() -> dict[str, np.ndarray]:
    """Hugging Face's LlamaForCausalLM: grouped heads, RMSNorm, rotary encoding as in 3.1."""
    config = LlamaConfig(
        hidden_size=32,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        intermediate_size=56,
        num_hidden_layers=2,
        vocab_size=41,
        rms_norm_eps=1e-5,
        max_position_embeddings=2048,
        rope_parameters={
            "rope_type": "llama3",
            "rope_theta": 500000.0,
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 256,
        },
        attention_bias=False,
        mlp_bias=False,
        tie_word_embeddings=False,
        attn_implementation="eager",
    )
    # Norms, softmax and rotary encoding are fixed to float32 there; make that float64 as well.
    with (
        patch.object(torch, "float", torch.float64),
        patch.object(torch, "float32", torch.float64),
        patch.object(Tensor, "float", Tensor.double),
    ):
        model = LlamaForCausalLM(config).double().eval()
        perturb(model, seed=6)
        tokens = draw_tokens(41, (2, 40), seed=7)
        logits = model(input_ids=tokens, use_cache=False).logits
    return renamed(model, LLAMA) | {"tokens": tokens.numpy(), "logits": logits.numpy()}


def gradients() -> dict[str, np.ndarray]:
    """How the mean cross-entropy of GPT-2 and of the encoder-decoder changes by parameter.

    Rounded to float32: they are compared to a millionth.
    """
    with torch.enable_grad():
        gpt, tokens = gpt2_model()
        found = _descent("gpt2", gpt, GPT2, gpt(input_ids=tokens, use_cache=False).logits)
        both, source, target = transformer_model()
        return found | _descent("transformer", both, TRANSFORMER, both(source, target))


def _descent(name: str, model: nn.Module, renaming: Renaming, logits: Tensor) -> dict[str, Any]:
    wanted = draw_tokens(logits.shape[-1], (logits.shape[0], logits.shape[1]), seed=8)
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), wanted.flatten())
    loss.backward()
    slopes = renamed(model, renaming, lambda parameter: parameter.grad)
    return {
        f"{name}/wanted": wanted.numpy(),
        f"{name}/loss": loss.detach().numpy(),
        **{f"{name}/{path}": slope.astype(np.float32) for path, slope in slopes.items()},
    }


def gru() -> dict[str, np.ndarray]:
    """One layer of torch.nn.GRU, from a state of zeros; also the gradients, by autograd."""
    model = nn.GRU(input_size=5, hidden_size=6, batch_first=True).double()
    perturb(model, seed=8)
    random = torch.Generator().manual_seed(9)
    x, dy = (torch.randn(3, 7, n, generator=random, dtype=torch.float64) for n in (5, 6))
    with torch.enable_grad():
        y, _ = model(x.requires_grad_())
        y.backward(dy)
    arrays = renamed(model, GRU) | {"x": x.detach().numpy(), "y": y.detach().numpy()}
    arrays |= {"dy": dy.numpy(), "gradient.x": x.grad.numpy()}
    slopes = renamed(model, GRU, lambda parameter: parameter.grad)
    return arrays | {f"gradient.{path}": slope for path, slope in slopes.items()}


def optimisers() -> dict[str, np.ndarray]:
    """Six steps of torch.optim on a matrix and a vector, from gradients that are given.

    What decays is the matrix alone, as a group of parameters of its own.
    """
    random = torch.Generator().manual_seed(10)
    start = {
        name: torch.randn(shape, generator=random, dtype=torch.float64)
        for name, shape in (("matrix", (3, 4)), ("vector", (5,)))
    }
    slopes = {
        name: torch.randn((6, *x.shape), generator=random, dtype=torch.float64)
        for name, x in start.items()
    }
    found = {f"start/{name}": x.numpy() for name, x in start.items()}
    found |= {f"gradient/{name}": x.numpy() for name, x in slopes.items()}
    kinds = {
        "sgd": (torch.optim.SGD, {}, 0.05),
        "momentum": (torch.optim.SGD, {"momentum": 0.9}, 0.0),
        "nesterov": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}, 0.0),
        "adamw": (torch.optim.AdamW, {"betas": (0.9, 0.999)}, 0.05),
    }
    for kind, (cls, settings, decay) in kinds.items():
        moved = {name: nn.Parameter(x.clone()) for name, x in start.items()}
        groups = [
            {"params": [moved["matrix"]], "weight_decay": decay},
            {"params": [moved["vector"]], "weight_decay": 0.0},
        ]
        optimiser = cls(groups, lr=0.03, **settings)
        for step in range(6):
            for name, x in moved.items():
                x.grad = slopes[name][step].clone()
            optimiser.step()
        found |= {f"{kind}/{name}": x.detach().numpy() for name, x in moved.items()}
    return found


ORACLES: dict[str, Callable[[], dict[str, np.ndarray]]] = {
    "gpt2": gpt2,
    "transformer": transformer,
    "llama": llama,
    "gradients": gradients,
    "gru": gru,
    "optimisers": optimisers,
}


def main(names: list[str]) -> None:
    """Write the named oracles, or all."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for name in names or ORACLES:
        with torch.no_grad():
            arrays = ORACLES[name]()
        path = HERE / f"{name}.npz"
        np.savez_compressed(path, **arrays)
        print(f"{path.name}: {len(arrays)} arrays, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
