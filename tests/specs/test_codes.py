"""The table of codes: complete, used, and its examples do what they say."""

import re
from pathlib import Path

import pytest

from boxwork.graphs.load import load
from boxwork.specs.codes import GROUPS, Code, codes, explain
from boxwork.specs.diagnostics import SpecError

ROOT = Path(__file__).parents[2]
ROOMS = ("blocks", "engines", "graphs", "renderers", "specs", "src/boxwork")
# Explained already, raised by what is still to be built.
TO_COME: set[str] = set()

# What an example leaves out; a key of its own replaces the one here.
FRAME = {
    "format": "format: 1\n",
    "name": "name: example\n",
    "dims": "dims: {seq: any, d: 4}\n",
    "inputs": 'inputs: {x: "real[seq, d]"}\n',
    "outputs": 'outputs: {y: "real[seq, d]"}\n',
    "nodes": "nodes:\n  y: {use: ReLU}\n",
}
# Examples that are no spec: commands, calls, or about the text as a whole.
NO_SPEC = {f"BW00{n}" for n in range(1, 8)} | {"BW010", "BW311", "BW904", "BW907"} | TO_COME
NO_SPEC |= {"BW909", "BW910", "BW911"}  # of a text that is gone on with
NO_SPEC |= {"BW912", "BW913", "BW914"}  # of a block in Python, of toys
SPECS = [c for c in codes().values() if c.code not in NO_SPEC and c.code[:3] not in ("BW4", "BW5")]


def used() -> set[str]:
    """The codes that the sources mention."""
    files = {path.resolve() for room in ROOMS for path in (ROOT / room).rglob("*.py")}
    return {c for path in files for c in re.findall(r"\bBW\d{3}\b", path.read_text("utf-8"))}


def complete(example: str) -> str:
    """An example with what it leaves out."""
    own = set(re.findall(r"^(\w+):", example, re.MULTILINE))
    if example.startswith("- "):
        return example
    frame = {"format": FRAME["format"]} if "extends" in own else FRAME
    return "".join(text for key, text in frame.items() if key not in own) + example


def found_in(text: str, folder: Path) -> list[str]:
    """The codes of all that boxwork says about a spec."""
    path = folder / "example.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        _, graph = load(path)
    except SpecError as error:
        return [found.code for found in error.diagnostics]
    return [found.code for found in graph.warnings]


def test_every_code_that_is_used_is_explained() -> None:
    assert used() - set(codes()) == set()


def test_every_code_that_is_explained_is_used() -> None:
    assert set(codes()) - used() - TO_COME == set()


def test_codes_are_in_order_and_in_a_group() -> None:
    assert list(codes()) == sorted(codes())
    assert {code[:3] for code in codes()} <= set(GROUPS)


@pytest.mark.parametrize("code", codes().values(), ids=lambda c: c.code)
def test_titles_are_short_and_lines_fit(code: Code) -> None:
    assert 5 < len(code.title) < 60
    assert not code.title.endswith(".")
    assert code.why.endswith(".")
    assert max(len(line) for line in code.why.split("\n")) <= 90


@pytest.mark.parametrize("code", SPECS, ids=lambda c: c.code)
def test_the_wrong_example_is_wrong_in_this_way(code: Code, tmp_path: Path) -> None:
    found = set(found_in(complete(code.wrong), tmp_path))
    assert code.code in found
    assert {c for c in found if not c.startswith("BW9")} <= {code.code}


@pytest.mark.parametrize("code", SPECS, ids=lambda c: c.code)
def test_the_right_example_is_right(code: Code, tmp_path: Path) -> None:
    assert found_in(complete(code.right), tmp_path) == []


def test_the_spec_to_begin_with_is_whole(tmp_path: Path) -> None:
    assert found_in(codes()["BW007"].right, tmp_path) == []


def test_explain_tells_why_and_how() -> None:
    text = explain("bw203")
    assert text is not None
    assert text.startswith("BW203: width mismatch (the graph)\n\nTwo wires meet")
    assert "Wrong:\n\n    nodes:\n      short: {use: Linear" in text
    assert "Right:\n\n    nodes:\n" in text


def test_explain_knows_no_other_codes() -> None:
    assert explain("BW000") is None
