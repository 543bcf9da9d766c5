"""Files: missing, special, too large, no text; and the bounds on what is in them."""

import os
import socket
import time
from pathlib import Path

import pytest

from boxwork.specs import source as source_module
from boxwork.specs.diagnostics import Source, SpecError
from boxwork.specs.events import MAX_DEPTH, MAX_NODES, MAX_PROBLEMS
from boxwork.specs.report import report
from boxwork.specs.source import MAX_BYTES, parse, read

from .reading import errors, file_error, only, written


def test_a_missing_file(tmp_path: Path) -> None:
    written(tmp_path / "gpt2.yaml", b"a: 1")
    found = file_error(tmp_path / "gtp2.yaml")
    assert found.code == "BW001"
    assert found.help == f"did you mean {tmp_path / 'gpt2.yaml'}?"
    assert file_error(tmp_path / "gpt2.yaml" / "x").code == "BW001"
    with pytest.raises(SpecError):
        read("a\0b")
    with pytest.raises(SpecError):
        read("\ud800")


def test_a_link_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to("nowhere.yaml")
    found = file_error(tmp_path / "a.yaml")
    assert found.code == "BW001"
    assert found.help == "it is a link that points to nothing: nowhere.yaml"


def test_a_directory(tmp_path: Path) -> None:
    written(tmp_path / "mine.yaml", b"a: 1")
    found = file_error(tmp_path)
    assert found.code == "BW002"
    assert found.help == f"name a file in it, such as {tmp_path / 'mine.yaml'}"


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert file_error(tmp_path / "pipe").code == "BW003"


def test_a_device_and_a_socket_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert file_error(Path("/dev/zero")).code == "BW003"
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        assert file_error(Path("s")).code == "BW003"


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, *args: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = written(tmp_path / "a.yaml", b"a: 1")
    monkeypatch.setattr(Path, "open", refuse)
    assert file_error(path).code == "BW004"


def test_a_name_that_is_too_long_and_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("a")
    assert file_error(tmp_path / "a").code == "BW004"
    assert file_error(tmp_path / ("x" * 300)).code == "BW004"


def test_fifty_megabytes_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    start = time.process_time()
    found = file_error(path)
    assert time.process_time() - start < 5
    assert (found.code, "50.0 MB; at most 2 MB" in found.message) == ("BW005", True)


def test_the_largest_file_that_is_read(tmp_path: Path) -> None:
    text = b"a: 1\n#"
    data = text + b"x" * (MAX_BYTES - len(text))
    read(written(tmp_path / "a.yaml", data))
    assert file_error(written(tmp_path / "a.yaml", data + b"x")).code == "BW005"


def test_a_file_that_grows_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "a.yaml", b"a: 1\n#" + b"x" * 500)
    monkeypatch.setattr(source_module, "MAX_BYTES", 100)
    real = Path.stat
    small = written(tmp_path / "b.yaml", b"a: 1")
    monkeypatch.setattr(Path, "stat", lambda self, **more: real(small if self == path else self))
    assert file_error(path).code == "BW005"


@pytest.mark.parametrize(
    ("data", "said", "place"),
    [
        (b"a: 1\nb: \x00\n", "byte 8 (in line 2) is zero", None),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "byte 8 (in line 3) is zero", None),
        (b"name: x\nabout: caf\xe9\n", "not UTF-8: byte 18 (in line 2) is 0xe9", "2:11"),
        ("\ufeffé: ".encode() + b"\xff", "not UTF-8: byte 7 (in line 1) is 0xff", "1:5"),
        (b"a: \xf0\x9f\x98", "not UTF-8: byte 3 (in line 1) is 0xf0", "1:4"),
        ("a: 1".encode("utf-16"), "is UTF-16 text", None),
        (b"a: x\n\x1b[31m", "U+001B, a control character, stands in the text", "2:1"),
        ("a: 1\nb\ufeff: 2".encode(), "U+FEFF, a byte order mark, stands in the text", "2:2"),
    ],
)
def test_what_is_no_text(tmp_path: Path, data: bytes, said: str, place: str | None) -> None:
    path = written(tmp_path / "a.yaml", data)
    found = file_error(path)
    assert found.code == "BW006"
    assert said in found.message
    if place:
        assert str(found.span) == f"{path}:{place}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is nothing here"),
        (" \r\n\n", "there is nothing here"),
        ("\ufeff", "there is nothing here"),
        ("# a\n# b", "there is nothing here but comments"),
        ("---\n", None),
    ],
)
def test_an_empty_file(tmp_path: Path, text: str, said: str | None) -> None:
    path = written(tmp_path / "a.yaml", text.encode())
    found = file_error(path)
    assert found.code == ("BW007" if said else "BW017")
    assert said is None or found.message == said


@pytest.mark.parametrize(
    ("text", "what"), [("- a\n- b\n", "a list"), ("word", "a single value"), ('"a: 1"', "a single")]
)
def test_the_top_level_of_a_file_is_a_mapping(tmp_path: Path, text: str, what: str) -> None:
    found = file_error(written(tmp_path / "a.yaml", text.encode()))
    assert found.code == "BW017"
    assert f"this file holds {what}" in found.message


HUGE = {
    "square": "[" * 1_000_000,
    "curly": "{" * 1_000_000,
    "curly with keys": "{a: " * 400_000,
    "dashes": "- " * 900_000,
    "questions": "? " * 900_000,
    "indented": "\n".join(" " * depth + "a:" for depth in range(1500)),
    "mixed": "[{a: " * 300_000,
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_a_million_nested_brackets_stop_at_once(text: str) -> None:
    start = time.process_time()
    found = only(text)
    assert time.process_time() - start < 5
    assert found.code == "BW009"
    assert found.message == f"nested more than {MAX_DEPTH} levels deep"


def test_the_deepest_text_that_is_read() -> None:
    parse(Source("a.yaml", "[" * MAX_DEPTH + "]" * MAX_DEPTH))
    assert only("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)).code == "BW009"


def test_the_number_of_values_is_bounded() -> None:
    parse(Source("a.yaml", "[" + "a," * (MAX_NODES - 1) + "]"))
    found = only("[" + "a," * MAX_NODES + "]")
    assert (found.code, found.message) == ("BW010", "more than 100,000 values")


@pytest.mark.parametrize("line", ["- &a b\n", "a: 1\n", "- !t x\n", "- *a\n"])
def test_of_very_many_problems_only_the_first_are_told(line: str) -> None:
    found = errors(line * 100_000)
    assert len(found) == MAX_PROBLEMS
    assert "the rest of the text was not looked at" in found[-1].notes[0].text


@pytest.mark.parametrize("text", ["&" * 900_000, "!" * 900_000, "a: &" + "x" * 900_000, "%" * 900])
def test_messages_stay_short(text: str) -> None:
    assert all(len(report(found)) < 1000 for found in errors(text))
