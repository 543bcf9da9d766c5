"""The JSON Schema: current, valid, true of every shipped spec, and false of wrong ones."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from boxwork.blocks.block import Block
from boxwork.blocks.catalogue import primitives, register
from boxwork.specs.json_schema import schema
from boxwork.specs.library import shipped

ROOT = Path(__file__).parents[2]
FILE = ROOT / "specs" / "schema.json"
MAKE = """
import json, sys
sys.path.insert(0, "src")
from boxwork.specs.json_schema import schema
print(json.dumps(schema()))
"""
SPEC = """
format: 1
dims: {seq: any, d: 4}
inputs: {x: "real[seq, d]"}
outputs: {y: "real[seq, d]"}
nodes:
"""

WRONG = {
    "unknown key of a spec": ("node: {}", "node"),
    "unknown key of a node": ("nodes: {y: {use: ReLU, wiht: {}}}", "wiht"),
    "no outputs": ("outputs: {}", "{}"),
    "unknown setting": ("nodes: {y: {use: Linear, with: {width: 4, biased: false}}}", "biased"),
    "setting of the wrong kind": ("nodes: {y: {use: Linear, with: {width: [4]}}}", "[4]"),
    "flag as yes": ("nodes: {y: {use: Linear, with: {width: 4, bias: 'yes'}}}", "yes"),
    "choice": ("nodes: {y: {use: GELU, with: {approximate: Tanh}}}", "Tanh"),
    "missing setting": ("nodes: {y: {use: Linear}}", "Linear"),
    "inside a block setting": (
        "nodes: {y: {use: FeedForward, with: {hidden: 8, activation: {use: GELU, with: {a: 1}}}}}",
        "'a'",
    ),
    "in a preset": ("blocks: {Drop: {use: Dropout, with: {p: 0.1}}}", "'p'"),
    "block in the wrong case": ("nodes: {y: {use: re-lu}}", "re-lu"),
    "node in the wrong case": ("nodes: {Y: {use: ReLU}}", "'Y'"),
    "vary without repeat": ("nodes: {y: {use: ReLU, vary: {use: [ReLU, GELU]}}}", "repeat"),
    "a type of no kind": ('inputs: {x: "float[seq]"}', "float[seq]"),
    "a setting of no type": ("settings: {rate: float = 0.1}", "float = 0.1"),
    "neither nodes nor use": ("blocks: {Drop: {with: {}}}", "use"),
    "an edit in a spec": ("swap: {LayerNorm: RMSNorm}", "swap"),
    "another format": ("format: 2", "2"),
    "interpretation": ("interpret: {y: {clases: [a]}}", "clases"),
    "nodes in a variant": ("extends: gpt2\nnodes: {y: {use: ReLU}}", "nodes"),
    "an edit of no place": ("extends: gpt2\ninsert: {nodes: {a: {use: ReLU}}}", "insert"),
}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(FILE.read_text("utf-8")))


def spec_with(piece: str) -> Any:
    """A right spec, some of its keys replaced; a variant keeps its format only."""
    own = yaml.safe_load(piece)
    frame = {"format": 1} if "extends" in own else yaml.safe_load(SPEC + "  y: {use: ReLU}")
    return frame | own


def said(validator: Draft202012Validator, tree: Any) -> str:
    return "\n".join(f"{list(e.absolute_path)} {e.message}" for e in validator.iter_errors(tree))


def test_the_committed_schema_is_current() -> None:
    # In a process of its own: blocks that other tests registered are not in the file.
    made = subprocess.run([sys.executable, "-c", MAKE], capture_output=True, check=True, cwd=ROOT)
    current = json.loads(FILE.read_text("utf-8")) == json.loads(made.stdout)
    assert current, "write it anew: python -m boxwork schema > specs/schema.json"


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_every_reference_leads_somewhere() -> None:
    made = schema()
    text = json.dumps(made)
    names = {piece.split('"')[0] for piece in text.split('"$ref": "#/$defs/')[1:]}
    assert names <= set(made["$defs"])
    assert all(name.isascii() and " " not in name for name in made["$defs"])


@pytest.mark.parametrize("name", shipped())
def test_shipped_specs_hold_and_name_it(name: str, validator: Draft202012Validator) -> None:
    text = shipped()[name].read_text("utf-8")
    assert said(validator, yaml.safe_load(text)) == ""
    first, _, path = text.split("\n", 1)[0].partition("$schema=")
    assert first == "# yaml-language-server: "
    assert (shipped()[name].parent / path).resolve() == FILE.resolve()


def test_the_frame_of_the_wrong_ones_is_right(validator: Draft202012Validator) -> None:
    assert said(validator, spec_with("name: frame")) == ""


@pytest.mark.parametrize(("piece", "word"), WRONG.values(), ids=WRONG)
def test_wrong_specs_do_not_hold(piece: str, word: str, validator: Draft202012Validator) -> None:
    found = said(validator, spec_with(piece))
    assert word in found


def test_what_only_boxwork_can_tell_passes(validator: Draft202012Validator) -> None:
    piece = "nodes: {a: {use: Mine, with: {x: [1]}}, y: {use: Linear, with: {width: 4 * nowhere}}}"
    assert said(validator, spec_with(piece)) == ""


def test_blocks_of_users_are_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Twice(Block):
        """Adds a number to itself."""

        ports = "x: real[*, d] -> y: real[*, d]"
        loud: bool = False

    monkeypatch.setattr("boxwork.blocks.catalogue._primitives", dict(primitives()))
    register(Twice)
    checker = Draft202012Validator(schema())
    assert said(checker, spec_with("nodes: {y: {use: Twice, with: {loud: true}}}")) == ""
    assert "quiet" in said(checker, spec_with("nodes: {y: {use: Twice, with: {quiet: true}}}"))
    uses = [use for use in schema()["$defs"]["use"]["anyOf"] if use.get("const") == "Twice"]
    assert uses[0]["description"] == "Adds a number to itself."


def test_editors_are_told_what_keys_and_blocks_mean() -> None:
    made = schema()["$defs"]
    for name in ("spec", "variant", "node", "composite"):
        for key, piece in made[name]["properties"].items():
            pointed = made[piece["$ref"].split("/")[-1]] if "$ref" in piece else piece
            assert piece.get("description") or pointed.get("description"), key
    uses = {use["const"]: use["description"] for use in made["use"]["anyOf"] if "const" in use}
    assert uses["Linear"].startswith("Weighted sums of the inputs")
    assert "Formula: y = x @ weight + bias" in uses["Linear"]
    assert made["settings-of-GPTBlock"]["properties"]["hidden"]["description"] == "size = 4 * d"
