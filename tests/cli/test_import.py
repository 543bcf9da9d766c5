"""``boxwork import``: the spec on stdout or in a file, what became of the keys, what is refused."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

import boxwork as bw

Run = Callable[..., Result]
LLAMA = {
    "model_type": "llama",
    "num_hidden_layers": 3,
    "mlp_bias": True,
    "rope_scaling": {"type": "linear", "factor": 2},
    "torch_dtype": "float16",
}


@pytest.fixture
def config(here: Path) -> Path:
    path = here / "config.json"
    path.write_text(json.dumps(LLAMA, indent=2), encoding="utf-8")
    return path


def test_the_spec_goes_to_stdout(boxwork: Run, config: Path) -> None:
    for out in ((), ("-o", "-")):
        result = boxwork("import", "config.json", *out)
        assert "extends: llama-2-7b\n" in result.stdout
        assert result.stderr == ""


def test_the_folder_of_a_model_will_do(boxwork: Run, config: Path) -> None:
    folder = config.parent / "tiny-llama"
    folder.mkdir()
    assert "it is a folder" in boxwork("import", "tiny-llama", status=1).stderr
    config.rename(folder / "config.json")
    text = boxwork("import", "tiny-llama").stdout
    assert text == boxwork("import", "tiny-llama/config.json").stdout
    assert "name: tiny-llama\n" in text
    assert boxwork("import", "a" * 5000, status=1).stderr.startswith("error[BW501]")


def test_what_is_written_is_a_spec(boxwork: Run, config: Path) -> None:
    result = boxwork("import", "config.json", "-o", "mine.yaml", "--name", "Mine")
    assert result.stdout == ""
    assert result.stderr == "wrote mine.yaml, which extends llama-2-7b\n"
    assert boxwork("check", "mine.yaml").stderr == ""
    assert bw.load("mine.yaml").name == "Mine"


def test_a_name_is_found(boxwork: Run, config: Path, here: Path) -> None:
    def name(path: Path) -> str:
        return boxwork("import", str(path)).stdout.splitlines()[1]

    assert name(config) == f"name: {here.name}"
    assert name(Path(shutil.copy(config, here / "tiny-llama.json"))) == "name: tiny-llama"
    config.write_text(json.dumps(LLAMA | {"_name_or_path": "org/Tiny: a\n\u0007"}), "utf-8")
    assert name(config) == 'name: "Tiny: a \\u0007"'


def test_keys_are_told(boxwork: Run, config: Path) -> None:
    told = boxwork("import", "config.json", "-o", "mine.yaml", "--keys").stdout.splitlines()
    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in told}
    assert lines["num_hidden_layers"] == "3 → dims.layers"
    assert lines["rope_scaling.factor"] == "2 → factor of the rotary positions"
    assert lines["torch_dtype"].startswith('"float16" not needed: the numbers')
    assert lines["hidden_size"] == "4096 → dims.d_model (absent: the default)"
    beside = boxwork("import", "config.json", "--keys")
    assert beside.stdout.startswith("format: 1\n")
    assert beside.stderr.splitlines() == told


def test_facts(facts: Callable[..., Any], config: Path) -> None:
    found = facts("import", "config.json", "--name", "Mine")
    assert found["family"] == "llama"
    assert found["extends"] == "llama-2-7b"
    assert found["spec"].startswith("format: 1\nname: Mine\n")
    keys = {one["key"]: one for one in found["keys"]}
    assert keys["mlp_bias"] == {
        "key": "mlp_bias",
        "value": "true",
        "given": True,
        "used": True,
        "for": "biases of the feed-forward network",
    }
    assert keys["torch_dtype"]["used"] is False
    assert keys["vocab_size"]["given"] is False


def test_what_is_refused_leaves_the_file_alone(boxwork: Run, here: Path) -> None:
    (here / "mine.yaml").write_text("mine", "utf-8")
    (here / "config.json").write_text('{"model_type": "llama", "foo": 1}', "utf-8")
    result = boxwork("import", "config.json", "-o", "mine.yaml", status=1)
    assert "error[BW572]" in result.stderr
    assert "config.json:1:25" in result.stderr
    assert (here / "mine.yaml").read_text("utf-8") == "mine"


def test_as_json_errors_are_facts(boxwork: Run, here: Path) -> None:
    (here / "config.json").write_text('{"model_type": "llama", "foo": 1}', "utf-8")
    (found,) = json.loads(boxwork("import", "config.json", "--json", status=1).stdout)[
        "diagnostics"
    ]
    assert (found["code"], found["line"], found["column"]) == ("BW572", 1, 25)


def test_a_spec_is_written_as_yaml(boxwork: Run, config: Path, here: Path) -> None:
    said = boxwork("import", "config.json", "-o", "mine.svg", status=2).stderr
    assert "BW508" in said
    assert ".yaml or .yml" in said
    assert not (here / "mine.svg").exists()


def test_an_output_that_cannot_be_written(boxwork: Run, config: Path) -> None:
    result = boxwork("import", "config.json", "-o", "no/mine.yaml", status=1)
    assert "there is no folder no" in result.stderr


def test_a_process(process: Callable[..., subprocess.CompletedProcess[str]], config: Path) -> None:
    done = process("import", str(config))
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout == process("import", str(config)).stdout
