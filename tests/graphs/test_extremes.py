"""Specs that are made to hurt: files that are none, bombs, depth, length; told in no time."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from boxwork.graphs.building import parts
from boxwork.graphs.load import load
from boxwork.specs.diagnostics import SpecError

from .wrong_cases import complete, place, told

MEGABYTE = 1_000_000
SOON = 30  # seconds of our own: no timing, but the difference to the hours without bounds


def block(name: str, nodes: str, outputs: str = "y") -> str:
    return (
        f"  {name}:\n"
        '    inputs: {x: "real[n, d]"}\n'
        f'    outputs: {{{outputs}: "real[n, d]"}}\n'
        f"    nodes:\n{nodes}"
    )


def bomb(levels: int, times: int) -> str:
    """Blocks, each made of several of the next: `times ** levels` boxes, written in a few lines."""
    blocks = []
    for level in range(levels):
        inner = "ReLU" if level + 1 == levels else f"B{level + 1}"
        rows = [f"      n{i}: {{use: {inner}}}\n" for i in range(times - 1)]
        blocks.append(block(f"B{level}", "".join(rows) + f"      y: {{use: {inner}}}\n"))
    return "blocks:\n" + "".join(blocks) + "nodes:\n  y: {use: B0}"


def repeated(levels: int, times: int) -> str:
    """Blocks that repeat the next, and it the next."""
    blocks = []
    for level in range(levels):
        inner = "ReLU" if level + 1 == levels else f"B{level + 1}"
        blocks.append(block(f"B{level}", f"      y: {{use: {inner}, repeat: {times}}}\n"))
    return "blocks:\n" + "".join(blocks) + "nodes:\n  y: {use: B0}"


def given_twice(levels: int) -> str:
    """Presets whose settings hold two presets each, and these two each."""
    lines = []
    for level in range(levels):
        inner = "ReLU" if level + 1 == levels else f"P{level + 1}"
        held = f"q_norm: {inner}, k_norm: {inner}"
        lines.append(f"  P{level}: {{use: MultiHeadAttention, with: {{heads: 1, {held}}}}}\n")
    return "blocks:\n" + "".join(lines) + "nodes:\n  y: {use: P0}"


def unlike(levels: int) -> str:
    """Blocks that contain the next twice, for two widths each time: no template is shared."""
    blocks = []
    for level in range(levels):
        inner = "ReLU" if level + 1 == levels else f"B{level + 1}"
        rows = (
            f"      a: {{use: {inner}, in: x}}\n"
            f"      wide: {{use: Linear, in: x, with: {{width: w + {2**level}}}}}\n"
            f"      b: {{use: {inner}}}\n"
            "      c: {use: Linear, with: {width: w}}\n"
            "      y: {use: Add, in: [a, c]}\n"
        )
        blocks.append(block(f"B{level}", rows).replace("[n, d]", "[n, w]"))
    return "blocks:\n" + "".join(blocks) + "nodes:\n  y: {use: B0}"


def chain(length: int) -> str:
    """Dims that are each made of the one before."""
    more = ", ".join(f"e{i}: e{i - 1} + 1" for i in range(1, length))
    return f"dims: {{seq: any, d: 4, e0: 1, {more}}}\nrequire: [e{length - 1} > 0]"


def backwards(length: int) -> str:
    """Dims that are each made of the one after."""
    more = ", ".join(f"e{i}: e{i + 1} + 1" for i in range(length))
    return f"dims: {{seq: any, d: 4, {more}, e{length}: 1}}\nrequire: [e0 > 0]"


def presets(length: int) -> str:
    """Presets that each fill in the next."""
    lines = [f"  P{i}: {{use: P{i + 1}}}\n" for i in range(length)]
    return "blocks:\n" + "".join(lines) + f"  P{length}: {{use: ReLU}}\nnodes:\n  y: {{use: P0}}"


def opaque(levels: int) -> str:
    """Sizes that double at each step and have no normal form: `(a // 2) * (a // 3)`."""
    more = ", ".join(
        f"e{i}: (e{i - 1} // 2) * (e{i - 1} // 3) + e{i - 1}" for i in range(1, levels)
    )
    return f"dims: {{seq: any, d: 4, e0: seq, {more}}}\nrequire: [e{levels - 1} >= 0]"


def free_powers(levels: int) -> str:
    """Free sizes that double at each step: the forms themselves would grow without end."""
    more = ", ".join(f"e{i}: (e{i - 1} // 2) * (e{i - 1} // 3)" for i in range(1, levels))
    return f"dims: {{seq: any, d: 4, e0: seq + 1, {more}}}\nrequire: [e{levels - 1} >= 0]"


def remainders(levels: int) -> str:
    """The same without products: only divisions and remainders, which have no normal form."""
    return free_powers(levels).replace(") * (", ") % (")


def nodes(count: int) -> str:
    rows = "".join(f"  n{i}: {{use: ReLU}}\n" for i in range(count))
    return f"nodes:\n{rows}  y: {{use: Relu}}"


LONG = " + ".join(["d"] * 2000)
# title: (text, code, place, what the message has in it)
TEXTS: dict[str, tuple[str | Callable[[], str], str, str, str]] = {
    "a million brackets": ("about: " + "[" * 1_000_000, "BW009", "1:47", "40 levels"),
    "a million braces": ("about: " + "{a: " * 400_000, "BW009", "1:164", "40 levels"),
    "a million dashes": ("about:\n " + "- " * 900_000, "BW009", "2:80", "40 levels"),
    "100,001 values": (
        "about: [" + "0, " * 100_001 + "]",
        "BW010",
        "1:300000",
        "more than 100,000 values",
    ),
    "an expression of 8,000 letters": (
        f"nodes:\n  y: {{use: Linear, with: {{width: {LONG}}}}}",
        "BW106",
        "2:34",
        "longer than 500 characters",
    ),
    "a dim of 8,000 letters": (f"dims: {{d: {LONG}}}", "BW106", "1:11", "longer than 500"),
    "a type of 8,000 letters": (f'inputs: {{x: "real[{LONG}]"}}', "BW107", "1:14", "longer than"),
    "a setting of 8,000 letters": (f'settings: {{s: "size = {LONG}"}}', "BW106", "1:23", "longer"),
    "powers without end": (
        "dims: {seq: any, d: " + "2**" * 120 + "2}",
        "BW106",
        "1:21",
        "nested too deeply",
    ),
    "calls in calls": (
        "dims: {seq: any, d: " + "max(" * 90 + "4" + ")" * 90 + "}",
        "BW106",
        "1:21",
        "nested too deeply",
    ),
    "many different terms": (
        "dims: {seq: any, d: 4, " + ", ".join(f"a{i}: any" for i in range(80)) + ", e: "
        f"{' + '.join(f'a{i}' for i in range(80))}}}\nrequire: [e > 0]",
        "BW114",
        "1:817",
        "more than 64 terms",
    ),
    "a bomb of 10 blocks of 10": (
        bomb(10, 10),
        "BW208",
        "143:3",
        "11,111,111,111 boxes; the most is 2,000,000",
    ),
    "a bomb of 20 blocks of 10": (bomb(20, 10), "BW208", "283:3", "boxes; the most is 2,000,000"),
    "a bomb of repeats": (repeated(4, 10_000), "BW208", "23:3", "10,001,000,100,010,001 boxes"),
    "blocks 30 deep": (bomb(30, 1), "BW207", "121:16", "nested more than 24 deep: B0 → B1"),
    "a bomb of settings": (given_twice(40), "BW207", "26:3", "presets nested 24 deep: P0 → P1"),
    "a bomb of unlike templates": (
        unlike(22),
        "BW208",
        "179:16",
        "more than 4,000 blocks that are all unlike",
    ),
    "a chain of dims, backwards": (
        backwards(300),
        "BW113",
        "1:425",
        "more than 30 sizes wait for one another: e0 → e1 → e2 → …",
    ),
    "a chain of presets": (presets(300), "BW207", "26:3", "presets nested 24 deep"),
    "sizes that grow": (free_powers(60), "BW114", "1:230", "would take pages to write"),
    "remainders that grow": (remainders(60), "BW114", "1:203", "would take pages to write"),
    "100 spelling mistakes in a line": (
        "nodes:\n" + "".join(f"  n{i}: {{use: Lineer{i}, in: x}}\n" for i in range(100)),
        "BW110",
        "2:13",
        "no block is named",
    ),
    "a mistake after 5,000 nodes": (nodes(5_000), "BW110", "5002:12", "named `Relu`"),
}
LONG_SUM = " + ".join("1" * 120)
DEEP = bomb(23, 1).replace(
    "y: {use: ReLU}", f"y: {{use: Linear, with: {{width: d * ({LONG_SUM}) / 120}}}}"
)
FINE = {
    "a long sum at the bottom of 23 blocks": DEEP,
    "400 minus signs": "dims: {seq: any, d: " + "-" * 400 + "4}",
    "a chain of 300 dims": chain(300),
    "sizes without a normal form": opaque(5),
    "a stack of 100,000": "nodes:\n  y: {use: ReLU, repeat: 100_000}",
    "the widest that may be": "dims: {seq: any, d: 10**15}",
}
FILES: dict[str, tuple[bytes, str, str]] = {
    "empty": (b"", "BW007", "nothing"),
    "binary": (bytes(range(256)) * 40, "BW006", "zero"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "BW006", "is zero"),
    "Latin-1": ("name: Zürich\n".encode("latin-1"), "BW006", "0xfc"),
    "UTF-16": ("name: mine\n".encode("utf-16"), "BW006", "UTF-16"),
    "50 MB": (b"a: b\n" * (10 * MEGABYTE), "BW005", "50.0 MB"),
    "a control character": (b"name: a\x1bb\n", "BW006", "control character"),
}


def first_said(target: Path) -> tuple[str, str, str, float]:
    """The code, place and text of the first thing said, and how long it took."""
    began = time.process_time()
    with pytest.raises(SpecError) as caught:
        load(target)
    took = time.process_time() - began
    assert str(caught.value)
    found = next(d for d in caught.value.diagnostics if d.severity == "error")
    return found.code, place(found.span), "\n".join(told(found)), took


@pytest.mark.parametrize(("text", "code", "where", "said"), TEXTS.values(), ids=TEXTS)
def test_texts(text: str, code: str, where: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(complete(text), encoding="utf-8")
    found = first_said(path)
    assert found[:2] == (code, where), found[2][:500]
    assert said in found[2]
    assert len(found[2]) < 1000
    assert found[3] < SOON


@pytest.mark.parametrize("text", FINE.values(), ids=FINE)
def test_what_is_large_but_fine(text: str, tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(complete(text), encoding="utf-8")
    began = time.process_time()
    load(path)
    assert time.process_time() - began < SOON


@pytest.mark.parametrize(("data", "code", "said"), FILES.values(), ids=FILES)
def test_files(data: bytes, code: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_bytes(data)
    found = first_said(path)
    assert found[0] == code
    assert said in found[2]
    assert found[3] < SOON


def test_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("x")
    found = first_said(tmp_path / "mien.yaml")
    assert found[0] == "BW001"
    assert "mien.yaml" in found[2]
    assert "mine.yaml?" in found[2]


LAYERS = """\
blocks:
  Layer:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    settings: {hidden: size}
    nodes:
      ff: {use: FeedForward, with: {hidden: hidden, activation: ReLU}}
      y: {use: Add, in: [x, ff]}
nodes:
  a: {use: Layer, with: {hidden: 2}}
  b: {use: Layer, with: {hidden: 3}}
  c: {use: Layer, with: {hidden: 4}}
  y: {use: Layer, with: {hidden: 5}}
"""


@pytest.mark.parametrize("most", range(1, 14))
def test_the_bound_on_unlike_blocks_is_told_wherever_it_is_met(
    most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MAX_TEMPLATES", most)
    path = tmp_path / "layers.yaml"
    path.write_text(complete(LAYERS), encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load(path)
    assert [d.code for d in caught.value.diagnostics] == ["BW208"]


def test_a_name_that_is_not_shipped() -> None:
    with pytest.raises(SpecError) as caught:
        load("gtp2")
    assert "no spec is named 'gtp2'" in str(caught.value)
    assert "did you mean `gpt2`?" in str(caught.value)


def test_a_directory(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("x")
    found = first_said(tmp_path)
    assert found[0] == "BW002"
    assert "mine.yaml" in found[2]


def test_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert first_said(tmp_path / "pipe.yaml")[0] == "BW003"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text("x")
    path.chmod(0)
    assert first_said(path)[0] == "BW004"


@pytest.mark.parametrize("target", ["", "\0", "a" * 5000, "~", "..", "/dev/null", "gpt2/"])
def test_odd_names(target: str) -> None:
    with pytest.raises(SpecError) as caught:
        load(target)
    assert str(caught.value)
