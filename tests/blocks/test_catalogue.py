"""What every block says about itself: words for people, a family, a source."""

import copy
import inspect
import re
from random import Random

import pytest
import yaml

from boxwork.blocks.block import Block
from boxwork.blocks.catalogue import composites, primitives
from boxwork.blocks.grammar import parse, parse_condition
from boxwork.blocks.settings import parse_setting
from boxwork.blocks.types import parse_port, parse_type
from tests.blocks.cases import CASES, draw

FAMILIES = {
    "attention", "norm", "linear", "feedforward", "embedding", "position", "activation",
    "softmax", "combine", "shaping", "dropout", "recurrence", "loss",
}  # fmt: skip
KEYS = ["format", "block", "about", "formula", "source", "title", "family", "detail", "inputs",
        "outputs", "settings", "dims", "require", "nodes"]  # fmt: skip
PRIMITIVES = pytest.mark.parametrize("name", sorted(CASES))
COMPOSITES = pytest.mark.parametrize("name", sorted(composites()))
WANTED = {"MultiHeadAttention", "FeedForward", "GatedFeedForward", "AddNorm", "GPTBlock",
          "EncoderLayer", "DecoderLayer", "PositionalEmbedding",
          "RelativePositionBias"}  # fmt: skip


@PRIMITIVES
def test_a_primitive_explains_itself(name) -> None:
    cls = primitives()[name]
    words, *lines = inspect.cleandoc(cls.__doc__ or "").split("\n")
    assert words.endswith(".")
    labels = re.findall(r"^(\w+):", "\n".join(lines), re.MULTILINE)
    assert labels == [w for w in ("Formula", "Shapes", "Errors", "Source") if w in labels]
    assert {"Formula", "Source"} <= set(labels)
    assert cls.family in FAMILIES
    assert cls.forward is not Block.forward


@PRIMITIVES
def test_a_primitive_is_a_value(name) -> None:
    for seed in range(20):
        use = draw(name, Random(seed))
        twin = draw(name, Random(seed))
        assert use.block == twin.block
        assert hash(use.block) == hash(twin.block)
        assert copy.deepcopy(use.block) == use.block


@PRIMITIVES
def test_the_second_line_is_short(name) -> None:
    for seed in range(20):
        use = draw(name, Random(seed))
        detail = use.block.detail(use.dims())
        assert len(detail) < 30
        assert "{" not in detail
        assert "Dim(" not in detail


def test_a_setting_that_differs_makes_another_block() -> None:
    gelu = primitives()["GELU"]
    assert gelu() != gelu(approximate="tanh")
    assert gelu() == gelu(approximate="exact")


def test_second_lines_as_people_write_them() -> None:
    seen = {draw(name, Random(seed)).block.detail(draw(name, Random(seed)).dims())
            for name in ("Linear", "Embedding", "SplitHeads") for seed in range(200)}  # fmt: skip
    assert {"3 → 4", "3 × 4"} <= seen


def test_the_composites_that_everyone_needs() -> None:
    assert set(composites()) >= WANTED
    assert not set(composites()) & set(primitives())


@COMPOSITES
def test_a_composite_is_complete_and_in_order(name) -> None:
    tree = yaml.safe_load(composites()[name].read_text(encoding="utf-8"))
    assert list(tree) == [key for key in KEYS if key in tree]
    assert tree["block"] == name
    assert tree["format"] == 1
    assert tree["family"] in FAMILIES
    for key in ("about", "formula", "source", "title", "inputs", "outputs", "nodes"):
        assert tree[key], key


@COMPOSITES
def test_a_composite_sees_only_its_own_names(name) -> None:
    tree = yaml.safe_load(composites()[name].read_text(encoding="utf-8"))
    names = set(tree.get("settings", {})) | set(tree.get("dims", {}))
    for port, text in tree["inputs"].items():
        dims = parse_port(port, text).type.dims
        names |= {each.text for expr in dims if expr for each in expr.names()}
    for text in tree["outputs"].values():
        pattern = parse_type(text["type"] if isinstance(text, dict) else text)
        assert {e.text for expr in pattern.dims if expr for e in expr.names()} <= names
    for text in tree.get("settings", {}).values():
        kind, default = parse_setting(text)
        if default is not None and kind.base in ("size", "number"):
            used = {each.text for each in parse(text[default:].strip()).names()}
            assert used - {"none"} <= names
    for text in tree.get("require", []):
        assert {each.text for each in parse_condition(text).names()} <= names
    assert set(re.findall(r"\{(\w+)\}", tree.get("detail", ""))) <= names
    known = set(primitives()) | set(composites()) | set(tree.get("settings", {}))
    assert {node["use"] for node in tree["nodes"].values()} <= known
