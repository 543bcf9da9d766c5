"""Blocks of users and of installed packages; one that is broken is skipped and reported."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import boxwork as bw
from boxwork.blocks import catalogue
from boxwork.blocks.block import FAMILIES, Block
from boxwork.blocks.plugins import discover
from boxwork.renderers.look import palettes

SRC = Path(__file__).parents[2] / "src"
MODULE = '''
import boxwork as bw
from boxwork.blocks.settings import Size


@bw.register
class Wavelet(bw.Block):
    """Halves its input.

    Formula: y = x / 2
    """

    ports = "x: real[*] -> y: real[*]"

    def forward(self, cx, p, x):
        return x / 2


class Ripple(bw.Block):
    """Doubles its input."""

    ports = "x: real[*] -> y: real[*]"
    times: Size

    def forward(self, cx, p, x):
        return x + x
'''
POINTS = """\
[console_scripts]
wave = waves:main
[boxwork.blocks]
all = waves
ripple = waves:Ripple
gone = waves:Gone
number = waves:__name__
missing = no_such_module:Block
"""
SPEC = """\
format: 1
name: waves
dims: {d: 2}
inputs: {x: "real[d]"}
outputs: {y: "real[d]"}
nodes:
  half: {use: Wavelet}
  y: {use: Ripple, with: {times: 2}}
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder with an installed package that has blocks."""
    folder = tmp_path / "site"
    info = folder / "waves-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "waves.py").write_text(MODULE, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: waves\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(POINTS, encoding="utf-8")
    (tmp_path / "waves.yaml").write_text(SPEC, encoding="utf-8")
    return folder


def boxwork(package: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "boxwork", *args],
        cwd=package.parent,
        env=os.environ | {"PYTHONPATH": f"{SRC}{os.pathsep}{package}"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_blocks_of_a_package_are_listed_and_run(package: Path) -> None:
    listed = boxwork(package, "list", "blocks")
    assert {"Wavelet", "Ripple", "Linear"} <= {
        line.split()[0] for line in listed.stdout.split("\n") if line
    }
    assert listed.stderr.count("warning[BW907]") == 3
    assert "the plug-in gone of waves is skipped: AttributeError" in listed.stderr
    assert "the plug-in missing of waves is skipped: ModuleNotFoundError" in listed.stderr
    assert "str is neither a block nor a module" in listed.stderr
    run = boxwork(package, "run", "waves.yaml", "--in", "x=1,2", "--json")
    assert json.loads(run.stdout)["outputs"]["y"] == [1, 2]
    assert "  times: size" in boxwork(package, "explain", "Ripple").stdout


def test_broken_plugins_are_warnings_of_a_spec(package: Path) -> None:
    found = json.loads(boxwork(package, "check", "waves.yaml", "--json").stdout)
    assert [one["code"] for one in found["diagnostics"]] == ["BW907"] * 3


def test_broken_plugins_are_told_with_an_unknown_block(package: Path) -> None:
    (package.parent / "wrong.yaml").write_text(SPEC.replace("Ripple", "Gone"), encoding="utf-8")
    result = boxwork(package, "check", "wrong.yaml")
    assert result.returncode == 1
    assert "error[BW110]" in result.stderr
    assert "the plug-in gone of waves is skipped" in result.stderr


def test_packages_without_blocks_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "gone")])
    taken: list[object] = []
    assert discover(taken.append) == []
    assert taken == []


def test_a_package_in_a_zip_is_found(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    archive = shutil.make_archive(str(package.parent / "site"), "zip", package)
    monkeypatch.setattr(sys, "path", [archive, *sys.path])
    taken: list[object] = []
    broken = discover(taken.append)
    assert {one.name for one in broken} >= {"gone", "missing"}
    monkeypatch.delitem(sys.modules, "waves")


@pytest.fixture(autouse=True)
def _own_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue.primitives()
    monkeypatch.setattr(catalogue, "_primitives", dict(catalogue.primitives()))


def halving(name: str, **others: object) -> type[Block]:
    body = {
        "__doc__": "Halves its input.",
        "__module__": __name__,
        "ports": "x: real[*] -> y: real[*]",
        "forward": lambda self, cx, p, x: x / 2,
    }
    return type(name, (Block,), body | others)


def test_a_block_of_ones_own(tmp_path: Path) -> None:
    made = bw.register(halving("Halve"))
    assert bw.register(made) is made
    (tmp_path / "half.yaml").write_text(
        SPEC.replace("half: {use: Wavelet}", "half: {use: Halve}").replace(
            "Ripple, with: {times: 2}", "Halve"
        ),
        encoding="utf-8",
    )
    assert np.array_equal(bw.load(tmp_path / "half.yaml").init()([4, 8]), [1, 2])


def test_a_block_may_be_declared_anew() -> None:
    bw.register(halving("Halve"))
    again = bw.register(halving("Halve", __doc__="Halves it again."))
    assert catalogue.primitives()["Halve"] is again


@pytest.mark.parametrize(
    ("cls", "text"),
    [
        (halving("Linear"), "a block named Linear exists already, in boxwork.blocks.linear"),
        (halving("GPTBlock"), "a block named GPTBlock exists already, in the catalogue"),
        (halving("Halve", __doc__=""), "the block Halve has no docstring"),
        (halving("Halve", __annotations__={"by": int}), "a setting of Halve has no type"),
        (halving("Halve", __annotations__={"by": "Sise"}), "a setting of Halve .*'Sise'"),
        (halving("Halve", by=[], __annotations__={"by": "str"}), r"of Halve: \[\] is no text"),
        (halving("Halve", ports=None), "the block Halve declares no ports"),
        (halving("Halve", ports=3), "the block Halve declares ports that are an int"),
        (halving("Halve", ports="x: rael[*] -> y: real[*]"),
         "the ports of Halve: unknown kind of wire `rael`.* at column 4"),
        (halving("Halve", ports="x: real[*]"), "the ports of Halve: expected '->'"),
        (halving("Halve", blanks=("width",)), "is 1 long, and its ports have 0 `_`"),
        (halving("Halve", ports="x: real[*], x: real[*] -> y: real[*]"), "`x` stands there twice"),
        (halving("Halve", ports="x: real[*] = z -> y: real[*]"), "default to `z`"),
        (halving("Halve", family="colourful"), "of no known family: 'colourful'"),
        (halving("Halve", require="by > 0"), "`require` of Halve is a str"),
        (halving("Halve", require=("by >",)), "`require` of Halve: expected"),
        (halving("halve_it"), "the block halve_it needs another name"),
        ("x", "a block is a class, and 'x' is a str"),
        (int, "the class int is no block"),
        (Block, "the class Block is no block"),
    ],
)  # fmt: skip
def test_what_is_no_block(cls: type[Block], text: str) -> None:
    before = dict(catalogue.primitives())
    with pytest.raises(bw.BlockError, match=text) as caught:
        bw.register(cls)
    assert getattr(caught.value, "__notes__", []) == [
        f"help: {h}" for h in [caught.value.help] if h
    ]
    assert catalogue.primitives() == before


def test_families_are_those_that_have_colours() -> None:
    assert {*FAMILIES, "composite", "frame"} == {*palettes.FAMILIES}
