"""Which primitives open into what: neurons, a matrix, a figure of their own, or a formula."""

from __future__ import annotations

from boxwork.blocks.activation import GELU, Logistic, ReLU, SiLU, Softmax, Tanh
from boxwork.blocks.attention import DotProductAttention
from boxwork.blocks.bounds import Clamp
from boxwork.blocks.convolution import Convolution
from boxwork.blocks.dropout import Dropout
from boxwork.blocks.embedding import Embedding
from boxwork.blocks.linear import Linear, PerHeadLinear
from boxwork.blocks.norm import LayerNorm, RMSNorm
from boxwork.blocks.patches import Patches
from boxwork.blocks.positions import SinusoidalEncoding
from boxwork.blocks.recurrence import GRU
from boxwork.blocks.relative import RelativeBuckets
from boxwork.blocks.rotary import RotaryEncoding
from boxwork.blocks.routing import ChooseTop
from boxwork.graphs.graph import Part, Primitive

NEURONS = 24  # neurons side by side that can be drawn as circles
FEW = (GELU, Logistic, ReLU, SiLU, Tanh)  # of each number on its own
MIXES = (DotProductAttention, Softmax)  # whose figures show what a run did
PLACES = (Convolution, Patches, RelativeBuckets)  # whose figures show what goes where
TURNS = (RotaryEncoding, SinusoidalEncoding)  # whose figures show angles
# those that have figures of their own, but for shaping, which opens where it is asked for
DRAWN = (
    *(*MIXES, *PLACES, *TURNS, *FEW),
    *(ChooseTop, Clamp, Dropout, GRU, LayerNorm, PerHeadLinear, RMSNorm),
)
TABLE = (40, 16)  # columns and rows of a matrix that can be drawn whole


def sizes(part: Part) -> tuple[int, int]:
    """Of a Linear how many numbers go in and come out; of an Embedding its columns and rows."""
    assert isinstance(part, Primitive)
    parameter = part.parameters["table" if isinstance(part.block, Embedding) else "weight"]
    first, second = (int(dim) for dim in parameter.dims[-2:])  # of each of copies side by side
    return first, second


def openable(part: Part) -> bool:
    """Whether it is a primitive: there is something to see inside each of them."""
    return isinstance(part, Primitive)


def is_matrix(part: Part) -> bool:
    """Whether what is inside is a matrix."""
    return isinstance(part, Primitive) and type(part.block) in (Linear, Embedding)


def figured(part: Part) -> bool:
    """Whether there is more to see inside a primitive than its formula."""
    return is_matrix(part) or (isinstance(part, Primitive) and type(part.block) in DRAWN)


def small(part: Part, neurons: int) -> bool:
    """Whether it can be drawn whole: neurons as circles, or a matrix with every column."""
    if not is_matrix(part):
        return False
    first, second = sizes(part)
    if is_linear(part):
        return 0 < first <= neurons and 0 < second <= neurons
    return first <= TABLE[0]


def is_linear(part: Part | None) -> bool:
    """Whether a part is weighted sums."""
    return isinstance(part, Primitive) and type(part.block) is Linear


def is_activation(part: Part | None) -> bool:
    """Whether a part is a function of each number on its own."""
    return isinstance(part, Primitive) and type(part.block) in FEW
