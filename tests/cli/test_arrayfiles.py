"""Arrays from files: nothing is believed before it is checked, nothing is run."""

import io
import json
import pickle
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwork.commands.arrayfiles import plain, read, save
from boxwork.specs.diagnostics import DataError


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def huge(content: bytes, shape: str) -> bytes:
    """An .npy whose head announces more than it holds."""
    return content.replace(b"(3,)", shape.encode()).replace(b" " * (len(shape) - 4) + b"\n", b"\n")


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("gone-off"),)  # type: ignore[return-value]


THREE = np.array([1.0, 2.0, 3.0])
PICKLED = npy(np.array([Bomb()], dtype=object))


def bombed() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", npy(np.zeros(50_000_000, np.int8)))
    content = bytearray(file.getvalue())
    head = content.rindex(b"PK\x01\x02")
    content[head + 24 : head + 28] = (100).to_bytes(4, "little")  # it says it is 100 bytes
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.npy", b"", "BW510"),
        ("x.npy", b"not an array", "BW510"),
        ("x.npy", npy(THREE)[:-4], "BW510"),
        ("x.npy", huge(npy(THREE), "(300000000000,)"), "BW510"),
        ("x.npy", huge(npy(THREE), "(-3,)"), "BW510"),
        ("x.npy", PICKLED, "BW510"),
        ("x.npy", pickle.dumps(THREE), "BW510"),
        ("x.npz", npy(THREE), "BW510"),
        ("x.npz", npz(x=THREE)[:-10], "BW510"),
        ("x.npz", npz(x=np.array([Bomb()], dtype=object)), "BW510"),
        ("x.npz", bombed(), "BW510"),
        ("x.json", b"{", "BW510"),
        ("x.json", b"[" * 100_000, "BW510"),
        ("x.json", b"\xff\xfe", "BW510"),
        ("x.csv", b"1,2,3", "BW508"),
    ],
)
def test_bad_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, code: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(content)
    with pytest.raises(DataError) as error:
        read(Path(name))
    (found,) = error.value.diagnostics
    assert found.code.startswith(code)
    assert name in found.message
    assert not Path("gone-off").exists()


@pytest.mark.parametrize("content", [npy(THREE), npz(x=THREE), npz(a=THREE, b=THREE)])
@given(data=st.data())
def test_damaged_files_are_refused_or_read(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, data: st.DataObject
) -> None:
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(damaged)))
    path = tmp_path_factory.getbasetemp() / f"damaged.{'npy' if content[:1] != b'P' else 'npz'}"
    path.write_bytes(damaged[:end] if data.draw(st.booleans()) else damaged)
    with suppress(DataError):
        read(path)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    values = {"file": THREE, "stack.0.attn": np.arange(6).reshape(2, 3)}
    for suffix in ("npz", "json"):
        path = tmp_path / f"x.{suffix}"
        save(str(path), values)
        found = read(path)
        assert all(np.array_equal(found[name], value) for name, value in values.items())


def test_what_is_no_number_is_null_in_json(tmp_path: Path) -> None:
    assert plain(np.array([1.0, np.nan, np.inf])) == [1.0, None, None]
    save(str(tmp_path / "x.json"), {"a": np.array([[np.nan, 2.0]])})
    assert json.loads((tmp_path / "x.json").read_text("utf-8")) == {"a": [[None, 2.0]]}


@pytest.mark.parametrize(
    ("name", "values"),
    [("x.npy", {"a": THREE, "b": THREE}), ("x.npy", {"a": [THREE]}), ("x.npz", {"a": [THREE]})],
)
def test_what_a_kind_of_file_cannot_hold(
    tmp_path: Path, name: str, values: dict[str, object]
) -> None:
    with pytest.raises(DataError, match=r"write \.") as error:
        save(str(tmp_path / name), values)
    assert error.value.diagnostics[0].code == "BW511"
    assert list(tmp_path.iterdir()) == []
