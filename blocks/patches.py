"""Images cut into pieces."""

from __future__ import annotations

from typing import Any

from boxwork.blocks.block import Block, Dims
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Wires
from boxwork.blocks.settings import Size


@block
class Patches(Block):
    """Cuts an image into squares, and makes a row of the numbers of each.

    Formula: y[r * (width / patch) + c, (i * patch + j) * channels + k] =
        image[r * patch + i, c * patch + j, k]
    Errors: patch must divide height and width
    Source: Dosovitskiy et al. 2020 (arXiv 2010.11929), section 3.1
    """

    ports = (
        "image: real[height, width, channels] "
        "-> y: real[(height / patch) * (width / patch), patch * patch * channels]"
    )
    require = ("patch > 0", "height % patch == 0", "width % patch == 0")
    fixed = ("patch",)
    patch: Size

    # [height width channels] -> [patches patch*patch*channels]
    def forward(self, cx: Context, p: Any, image: Array) -> Array:
        side, (*lead, height, width, channels) = int(self.patch), image.shape
        down, across = height // side, width // side
        cut = cx.xp.reshape(image, (*lead, down, side, across, side, channels))
        squares = cx.xp.moveaxis(cut, -4, -3)  # [down across side side channels]
        return cx.xp.reshape(squares, (*lead, down * across, side * side * channels))

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        image, side = saved.inputs[0], int(self.patch)
        *lead, height, width, channels = image.shape
        squares = dy.reshape((*lead, height // side, width // side, side, side, channels))
        return Gradients((cx.xp.moveaxis(squares, -3, -4).reshape(image.shape),))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()

    def detail(self, d: Dims) -> str:
        return f"{self.patch} × {self.patch} points"
