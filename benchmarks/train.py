"""One training step of a nano and of a small GPT, next to PyTorch eager in the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from boxwork.engines.gradients.gradients import Trainable
from boxwork.engines.learning.flat import Flat
from boxwork.engines.learning.options import Options
from boxwork.engines.learning.train import Trainer
from boxwork.engines.parameters.initialise import init
from boxwork.graphs.building.build import build
from boxwork.graphs.load import load
from boxwork.specs.objective import objective

ROUNDS = 7
VOCAB = 65
SIZES = {
    "nano": {"layers": 3, "d_model": 48, "heads": 3, "context": 32, "batch": 16},
    "small": {"layers": 6, "d_model": 384, "heads": 6, "context": 256, "batch": 4},
}
Step = Callable[[], float]


def main() -> None:
    """Time a step of each: forward, backward, AdamW; the two take turns."""
    try:
        import torch
    except ImportError:
        print("PyTorch, the peer, is not installed: pip install torch==2.13.0")
        return
    torch.manual_seed(0)
    print(f"{'':8}{'boxwork':>11}{'PyTorch':>11}{'ratio':>8}   (medians of {ROUNDS} rounds)")
    for name, size in SIZES.items():
        tokens = np.random.default_rng(0).integers(0, VOCAB, (size["batch"], size["context"] + 1))
        steps = ours(size, tokens), theirs(size, tokens)
        times: list[list[float]] = [[], []]
        for turn in range(ROUNDS + 2):
            for step, found in zip(steps, times, strict=True):
                start = time.perf_counter()
                for _ in range(5 if name == "nano" else 1):
                    step()
                if turn > 1:
                    found.append((time.perf_counter() - start) / (5 if name == "nano" else 1))
        us, them = (statistics.median(found) for found in times)
        print(f"{name:8}{us * 1e3:8.1f} ms{them * 1e3:8.1f} ms{us / them:8.2f}")


def ours(size: dict[str, int], tokens: Any) -> Step:
    """A step of boxwork: the shipped GPT-2 at this size."""
    dims = {name: number for name, number in size.items() if name != "batch"}
    goal = objective(load("gpt2", (), dims | {"vocab": VOCAB, "dropout": 0})[0])
    graph = build(goal.spec)
    flat = Flat(init(graph), np.float32)
    net = Trainable(graph, flat.views, goal.loss)
    batch = {"tokens": tokens[:, :-1], goal.wanted: tokens[:, 1:]}
    options = Options(steps=100).resolved(1, flat.numbers.size)
    trainer = Trainer(net, flat, data=None, options=options)  # the batches are handed in
    return lambda: trainer.step(batch).loss


def theirs(size: dict[str, int], tokens: Any) -> Step:
    """A step of PyTorch: the same network as one writes it there."""
    import torch
    from torch import nn
    from torch.nn import functional as f

    width, heads = size["d_model"], size["heads"]

    class Layer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm_1, self.norm_2 = nn.LayerNorm(width), nn.LayerNorm(width)
            self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

        def forward(self, x: Any) -> Any:
            q, k, v = (
                part.unflatten(-1, (heads, -1)).transpose(1, 2)
                for part in self.qkv(self.norm_1(x)).chunk(3, dim=-1)
            )
            mixed = f.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.out(mixed.transpose(1, 2).flatten(-2))
            return x + self.down(f.gelu(self.up(self.norm_2(x)), approximate="tanh"))

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tok, self.pos = nn.Embedding(VOCAB, width), nn.Embedding(size["context"], width)
            self.stack = nn.Sequential(*(Layer() for _ in range(size["layers"])))
            self.norm = nn.LayerNorm(width)

        def forward(self, ids: Any) -> Any:
            x = self.tok(ids) + self.pos(torch.arange(ids.shape[1]))
            return self.norm(self.stack(x)) @ self.tok.weight.T

    net = Net()
    optimiser = torch.optim.AdamW(net.parameters())
    inputs, wanted = torch.tensor(tokens[:, :-1]), torch.tensor(tokens[:, 1:])

    def step() -> float:
        optimiser.zero_grad()
        loss = f.cross_entropy(net(inputs).flatten(0, 1), wanted.flatten())
        loss.backward()
        optimiser.step()
        return float(loss.detach())

    return step
