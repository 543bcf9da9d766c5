"""Parameters as safetensors: there and back, and what can be wrong with a file."""

import errno
import json
import os
import struct
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from safetensors import safe_open
from safetensors.numpy import save_file

from boxwork.engines.learning import checkpoint
from boxwork.engines.parameters.initialise import init
from boxwork.engines.parameters.weights import load, save
from boxwork.engines.running.numpy import Model
from boxwork.graphs.graph import Graph
from boxwork.specs.diagnostics import DataError

from .support import graph_of, shipped, wrong

TEXT = """
dims: {v: 5, d: 3}
inputs: {x: "index<v>[]"}
outputs: {y: "real[v]"}
nodes:
  tok: {use: Embedding, with: {count: v, width: d}}
  stack: {use: Linear, with: {width: d}, repeat: 2}
  y: {use: Linear, with: {width: v, bias: false}, tie: {weight: tok.table}}
"""


@pytest.fixture
def graph() -> Graph:
    return graph_of(TEXT)


@pytest.fixture
def file(graph: Graph, tmp_path: Path) -> Path:
    path = tmp_path / "w.safetensors"
    save(path, graph, init(graph))
    return path


def same(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert list(left) == list(right)
    for path, array in left.items():
        assert_array_equal(array, right[path])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_there_and_back(graph: Graph, tmp_path: Path, dtype: Any) -> None:
    arrays = init(graph, 4, dtype)
    save(tmp_path / "w.safetensors", graph, arrays)
    found = load(tmp_path / "w.safetensors", graph, dtype)
    same(found, arrays)
    assert all(array.dtype == dtype for array in found.values())
    same(load(str(tmp_path), graph, dtype), arrays)
    found["tok.table"][...] = 0  # nothing of the file is held


def test_the_file_says_what_it_is(file: Path) -> None:
    with safe_open(file, framework="np") as opened:
        assert opened.metadata() == {"format": "boxwork", "spec": "Test"}
        assert set(opened.keys()) == {
            "tok.table", "stack.0.weight", "stack.0.bias", "stack.1.weight", "stack.1.bias"
        }  # fmt: skip


def test_turned_arrays_are_written_as_they_are_seen(graph: Graph, tmp_path: Path) -> None:
    arrays = init(graph)
    arrays["stack.0.weight"] = arrays["stack.0.weight"].T
    save(tmp_path / "w.safetensors", graph, arrays)
    same(load(tmp_path, graph), arrays)


def test_a_write_that_fails_leaves_the_old_file(
    graph: Graph, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.read_bytes()

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    ((code, message),) = wrong(save, file, graph, init(graph, 7))
    assert code == "BW507"
    assert message == f"cannot write {file}: no space left on device"
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_a_full_disk_leaves_the_old_file(file: Path, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    graph = graph_of(TEXT.replace("d: 3", "d: 300"))
    before = file.read_bytes()
    _, hard = limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        ((code, message),) = wrong(save, file, graph, init(graph))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (code, message) == ("BW507", f"cannot write {file}: {os.strerror(errno.EFBIG).lower()}")
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_stays_a_link_and_rights_stay(graph: Graph, file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.safetensors"
    link.symlink_to(file.name)
    file.chmod(0o640)
    save(link, graph, init(graph, 7))
    assert link.is_symlink()
    same(load(file, graph), init(graph, 7))
    assert file.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_pipes_are_written_straight(graph: Graph, file: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    save(pipe, graph, init(graph))
    reader.join(timeout=10)
    assert pipe.is_fifo()
    file.write_bytes(read[0])
    same(load(file, graph), init(graph))


def test_places_that_cannot_be_written(graph: Graph, tmp_path: Path) -> None:
    for path in (tmp_path / "no" / "w.safetensors", tmp_path):
        ((code, message),) = wrong(save, path, graph, init(graph))
        assert code == "BW507"
        assert message.startswith(f"cannot write {path}: ")


def test_sharded_folders(graph: Graph, tmp_path: Path) -> None:
    arrays = init(graph)
    names = list(arrays)
    for i, part in enumerate((names[:2], names[2:])):
        save_file({n: arrays[n] for n in part}, tmp_path / f"model-{i}-of-2.safetensors")
    (tmp_path / "config.json").write_text("{}")
    same(load(tmp_path, graph), arrays)
    save_file({names[0]: arrays[names[0]]}, tmp_path / "more.safetensors")
    assert wrong(load, tmp_path, graph) == [
        ("BW504", f"tok.table stands in two files of {tmp_path}")
    ]


@pytest.mark.parametrize("kind", ["F16", "BF16", "F64"])
def test_other_precisions_become_float32(graph: Graph, tmp_path: Path, kind: str) -> None:
    arrays = {path: np.round(4 * array) / 4 for path, array in init(graph).items()}
    header: dict[str, Any] = {}
    data = b""
    for path, array in arrays.items():
        if kind == "BF16":
            raw = (array.view(np.uint32) >> 16).astype("<u2").tobytes()
        else:
            raw = array.astype({"F16": "<f2", "F64": "<f8"}[kind]).tobytes()
        offsets = [len(data), len(data) + len(raw)]
        header[path] = {"dtype": kind, "shape": list(array.shape), "data_offsets": offsets}
        data += raw
    text = json.dumps(header).encode()
    (tmp_path / "w.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    found = load(tmp_path, graph)
    same(found, arrays)
    assert {array.dtype for array in found.values()} == {np.dtype(np.float32)}


def test_tied_names_may_stand_there_with_the_same_numbers(graph: Graph, tmp_path: Path) -> None:
    arrays = init(graph)
    turned = np.ascontiguousarray(arrays["tok.table"].T)
    save_file(arrays | {"y.weight": turned}, tmp_path / "w.safetensors")
    same(load(tmp_path, graph), arrays)
    rest = {name: array for name, array in arrays.items() if name != "tok.table"}
    save_file(rest | {"y.weight": turned}, tmp_path / "w.safetensors")
    same(load(tmp_path, graph), arrays)
    save_file(arrays | {"y.weight": turned + 1}, tmp_path / "w.safetensors")
    assert wrong(load, tmp_path, graph) == [
        ("BW504", "y.weight is tied to tok.table, but holds other numbers")
    ]


def test_missing_files(graph: Graph, file: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load(tmp_path / "v.safetensors", graph)
    (found,) = caught.value.diagnostics
    assert found.code == "BW501"
    assert found.message == f"there is no file {tmp_path / 'v.safetensors'}"
    assert found.help == "did you mean `w.safetensors`?"
    (tmp_path / "empty").mkdir()
    assert wrong(load, tmp_path / "empty", graph) == [
        ("BW501", f"there is no *.safetensors file in {tmp_path / 'empty'}")
    ]
    assert wrong(load, "/nowhere/at/all", graph)[0][0] == "BW501"
    (tmp_path / "empty" / "w.safetensors").mkdir()
    assert wrong(load, tmp_path / "empty", graph)[0][0] == "BW501"


def test_files_that_may_not_be_read(
    graph: Graph, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    file.chmod(0)
    if os.geteuid() == 0:  # who may read everything
        monkeypatch.setattr(Path, "open", refuse)
    told = [("BW501", f"cannot read {file}: permission denied")]
    assert wrong(load, file, graph) == told
    assert wrong(checkpoint.load, file) == told


@pytest.mark.parametrize(
    ("content", "code", "hint"),
    [
        (b"", "BW502", ""),
        (b"hello, this is a text and no weights at all", "BW502", ""),
        (b"PK\x03\x04" + bytes(200), "BW502", "it looks like a PyTorch file"),
        (b"\x80\x02}q\x00" + bytes(200), "BW502", "it looks like a PyTorch file"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 5\n",
            "BW502",
            "it is a Git LFS pointer",
        ),
        (struct.pack("<Q", 10**18) + b"{}", "BW502", ""),
        (struct.pack("<Q", 9) + b"[1, 2, 3]", "BW502", ""),
    ],
)
def test_no_safetensors(graph: Graph, tmp_path: Path, content: bytes, code: str, hint: str) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        load(path, graph)
    (found,) = caught.value.diagnostics
    assert found.code == code
    assert found.message.startswith(f"{path} is no safetensors file: ")
    assert found.help.startswith(hint)


def test_every_file_that_is_cut_off_is_noticed(graph: Graph, file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    seen = set()
    for length in [*range(0, len(whole), 7), len(whole) - 1]:
        (tmp_path / "cut").write_bytes(whole[:length])
        ((code, message),) = wrong(load, tmp_path / "cut", graph)
        seen.add(code)
        assert str(tmp_path / "cut") in message
    assert seen == {"BW502", "BW503"}
    assert code == "BW503"


def test_names_that_do_not_fit(graph: Graph, tmp_path: Path) -> None:
    arrays = init(graph)
    arrays["tok.tabel"] = arrays.pop("tok.table")
    save_file(arrays, tmp_path / "w.safetensors")
    with pytest.raises(DataError) as caught:
        load(tmp_path, graph)
    assert [(d.code, d.message, d.help) for d in caught.value.diagnostics] == [
        ("BW504", f"{tmp_path} lacks tok.table", "did you mean `tok.tabel`?"),
        ("BW504", f"{tmp_path} has `tok.tabel`, which Test does not", "did you mean `tok.table`?"),
    ]


def test_many_names_that_do_not_fit_are_not_all_listed(tmp_path: Path) -> None:
    large, small = shipped("gpt", layers=6), shipped("gpt", layers=1)
    save(tmp_path / "w.safetensors", small, init(small))
    names = "stack.1.norm_1.scale, stack.1.norm_1.bias, stack.1.attn.q.weight, and 77 more"
    lacking = f"{tmp_path} lacks 80 parameters of {large.name}: {names}"
    assert wrong(load, tmp_path, large) == [("BW504", lacking)]
    save(tmp_path / "w.safetensors", large, init(large))
    ((code, message),) = wrong(load, tmp_path, small)
    assert code == "BW504"
    assert message.startswith(f"{tmp_path} has 80 arrays that {small.name} does not: stack.1.")


def test_many_other_shapes_are_not_all_listed(tmp_path: Path) -> None:
    wide, narrow = shipped("gpt", layers=1, d_model=6), shipped("gpt", layers=1, d_model=3)
    save(tmp_path / "w.safetensors", wide, init(wide))
    ((code, message),) = wrong(load, tmp_path, narrow)
    assert code == "BW505"
    first = "tok.table is 28 × 6, not [vocab, d_model] = 28 × 3"
    told = f" arrays of {tmp_path} have other shapes than in {narrow.name}: {first}; "
    assert message[2:].startswith(told)
    assert message.endswith(" more")
    with pytest.raises(DataError) as caught:
        load(tmp_path, narrow)
    assert (
        caught.value.diagnostics[0].help
        == "these weights are of a spec with d_model = 6, d_ff = 24"
    )


def test_other_shapes(graph: Graph, tmp_path: Path) -> None:
    arrays = init(graph)
    arrays["tok.table"] = np.ascontiguousarray(arrays["tok.table"].T)
    save_file(arrays, tmp_path / "w.safetensors")
    expected = "tok.table is 3 × 5, but Test has [v, d] = 5 × 3"
    assert wrong(load, tmp_path, graph) == [("BW505", f"{tmp_path}: {expected}")]
    assert wrong(Model, graph, arrays) == [("BW505", f"the parameters: {expected}")]
    assert wrong(save, tmp_path / "x", graph, arrays)[0][0] == "BW505"


def test_other_kinds_of_numbers(graph: Graph, tmp_path: Path) -> None:
    arrays: dict[str, Any] = dict(init(graph))
    arrays["stack.0.bias"] = np.zeros(3, np.int8)
    save_file(arrays, tmp_path / "w.safetensors")
    ((code, message),) = wrong(load, tmp_path, graph)
    assert code == "BW506"
    assert message.endswith("w.safetensors holds I8, not real numbers")


def test_numbers_that_float32_cannot_hold(graph: Graph, file: Path) -> None:
    arrays = init(graph, 4, np.float64)
    arrays["tok.table"][1, 2] = 1e39
    arrays["stack.0.bias"][0] = np.inf  # as it was saved
    save(file, graph, arrays)
    assert wrong(load, file, graph) == [
        ("BW512", f"tok.table in {file} holds 1e+39, too large for float32")
    ]
    same(load(file, graph, np.float64), arrays)
