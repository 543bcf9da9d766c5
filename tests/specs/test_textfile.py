"""Files of plain text: what is read, and what is said when they are none."""

from pathlib import Path

import pytest

from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.textfile import read_text


def refused(path: Path) -> Diagnostic:
    with pytest.raises(DataError) as caught:
        read_text(path)
    (found,) = caught.value.diagnostics
    return found


def write(folder: Path, data: bytes) -> Path:
    path = folder / "rhyme.txt"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"humpty\n", "humpty"),
        (b"humpty\n\n", "humpty\n"),
        (b"a\r\nb\rc", "a\nb\nc"),
        (b"\xef\xbb\xbfa", "a"),
        ("süß €".encode(), "süß €"),
    ],
)
def test_texts_are_read(tmp_path: Path, data: bytes, text: str) -> None:
    path = write(tmp_path, data)
    assert read_text(path) == read_text(str(path)) == text


@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
def test_empty_files(tmp_path: Path, data: bytes) -> None:
    path = write(tmp_path, data)
    found = refused(path)
    assert (found.code, found.message) == ("BW521", f"{path} is empty")
    assert read_text(path, empty=True).strip() == ""


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"one\ntw\xf6\n", "is not UTF-8: byte 6 (in line 2) is 0xf6"),
        (b"one\n\xe2\x82", "is not UTF-8: byte 4 (in line 2) is 0xe2"),
        (b"one\ntwo\0", "is no text: byte 7 (in line 2) is zero"),
        ("one".encode("utf-16"), "is UTF-16 text"),
        ("one".encode("utf-32"), "is UTF-32 text"),
    ],
)
def test_files_that_are_no_text(tmp_path: Path, data: bytes, said: str) -> None:
    path = write(tmp_path, data)
    found = refused(path)
    assert (found.code, found.message) == ("BW520", f"{path} {said}")
    assert "UTF-8" in found.help


def test_the_byte_is_shown_in_its_line(tmp_path: Path) -> None:
    found = refused(write(tmp_path, b"one\r\nz\xc3\xbc tw\xf6 end\nthree\n"))
    assert found.span is not None
    assert (found.span.line, found.span.column) == (2, 6)
    assert found.span.source.line(2) == "zü tw\ufffd end"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path, b"x")
    missing = refused(tmp_path / "rhime.txt")
    assert (missing.code, missing.help) == ("BW501", "did you mean `rhyme.txt`?")
    assert missing.message.startswith("there is no file ")
    assert refused(tmp_path).message == f"cannot read {tmp_path}: it is a folder"
    assert refused(tmp_path / ("x" * 5000)).code == "BW501"
    assert refused(tmp_path / "a\0b").code == "BW501"
    assert refused(tmp_path / "rhyme.txt" / "x").code == "BW501"
    if Path("/dev/null").exists():
        assert refused(Path("/dev/null")).message.endswith("it is no regular file")
