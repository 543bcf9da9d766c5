"""Reading text: bounds, refusals, marks, and syntax errors as sentences."""

import json
import os
import socket
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from boxwork.specs import source as source_module
from boxwork.specs.diagnostics import Diagnostic, Source, Span, SpecError
from boxwork.specs.events import MAX_DEPTH, MAX_NODES, MAX_PROBLEMS
from boxwork.specs.marked import Mapping, Marked, Scalar, Sequence
from boxwork.specs.report import report
from boxwork.specs.source import MAX_BYTES, parse, read


def errors(text: str) -> tuple[Diagnostic, ...]:
    """What is wrong with a text."""
    with pytest.raises(SpecError) as caught:
        parse(Source("a.yaml", text))
    return caught.value.diagnostics


def only(text: str) -> Diagnostic:
    (found,) = errors(text)
    return found


def file_error(path: Path) -> Diagnostic:
    with pytest.raises(SpecError) as caught:
        read(path)
    (found,) = caught.value.diagnostics
    assert str(path) in report(found)
    return found


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def pointed(span: Span | None) -> str:
    """The text that a span points at."""
    assert span is not None
    return span.source.text[span.start : span.end]


def scalars(node: Marked) -> list[Scalar]:
    match node:
        case Scalar():
            return [node]
        case Sequence():
            return [s for item in node.items for s in scalars(item)]
        case Mapping():
            return [s for key, value in node.items for s in (key, *scalars(value))]


# What is read


@pytest.mark.parametrize(
    "text",
    [
        *("no", "yes", "on", "off", "NO", "y", "true", "~", "null", "Null", "="),
        *("1e-4", "017", "0x1F", "0b1", "1_000", "1.0", ".inf", ".nan"),
        *("12:30", "2001-01-01", "2001-12-14t21:59:43.10-05:00"),
    ],
)
def test_the_surprises_of_yaml_stay_text(text: str) -> None:
    tree = parse(Source("a.yaml", f"key: {text}\n{text}: value\n"))
    assert isinstance(tree, Mapping)
    (_, value), (key, _) = tree.items
    assert isinstance(value, Scalar)
    assert value.text == key.text == text
    assert value.plain


def test_an_empty_value_is_an_empty_text_after_its_colon() -> None:
    tree = parse(Source("a.yaml", "a:\nb: {c, d: }\n"))
    assert [(s.text, s.span.start) for s in scalars(tree)] == [
        ("a", 0), ("", 2), ("b", 3), ("c", 7), ("", 8), ("d", 10), ("", 13),
    ]  # fmt: skip


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("prefix", ["", "größe: 語😀e\u0301\n", "# 😀😀\n"])
def test_spans_point_at_what_is_meant(prefix: str, mark: str, end: str) -> None:
    text = mark + (prefix + "a: &x 1\nlist: [b, 'c d', \"é\"]\nm:\n  k: v w\n").replace("\n", end)
    source = Source("a.yaml", text.replace("&x ", ""))
    for scalar in scalars(parse(source)):
        raw = pointed(scalar.span)
        assert (raw if scalar.plain else raw[1:-1]) == scalar.text
    assert pointed(only(text).span) == "&x"


def test_a_part_of_a_scalar_points_into_the_file() -> None:
    tree = parse(Source("a.yaml", "a: 4 * d\nb: '5 * e'\nc: \"6 * f\"\n"))
    values = [v for _, v in tree.items] if isinstance(tree, Mapping) else []
    assert [pointed(v.part(4, 5)) for v in values if isinstance(v, Scalar)] == ["d", "e", "f"]


def test_a_block_of_text_ends_where_it_ends() -> None:
    tree = parse(Source("a.yaml", "about: |\n  one\n  two\n\n\nname: x\n"))
    about = tree.get("about") if isinstance(tree, Mapping) else None
    assert isinstance(about, Scalar)
    assert about.text == "one\ntwo\n"
    assert pointed(about.span) == "|\n  one\n  two"


def test_a_collection_ends_with_its_last_part() -> None:
    tree = parse(Source("a.yaml", "a:\n  b: 1\n  c: [2, {d: 3}]\n\n# end\ne: 4\n"))
    assert isinstance(tree, Mapping)
    assert [pointed(value.span) for _, value in tree.items] == ["b: 1\n  c: [2, {d: 3}]", "4"]


def test_a_single_value_is_read() -> None:
    source = Source("--set", "layers / 2")
    assert parse(source) == Scalar("layers / 2", Span(source, 0, 10))
    value = parse(Source("--set", "[a, b]"))
    assert isinstance(value, Sequence)
    assert [s.text for s in scalars(value)] == ["a", "b"]


def test_a_text_is_read_from_a_place_on() -> None:
    source = Source("--set", "settings.sizes=[größe, b]")
    place = source.text.index("=") + 1
    assert [pointed(s.span) for s in scalars(parse(source, place))] == ["größe", "b"]
    for value, code in (("", "BW007"), ("[b", "BW008"), ("&x b", "BW011"), ("\x00", "BW006")):
        source = Source("--set", f"dims.b={value}")
        with pytest.raises(SpecError) as caught:
            parse(source, 7)
        (found,) = caught.value.diagnostics
        assert (found.code, str(found.span)) == (code, "--set:1:8")


def test_a_file_with_mark_and_crlf_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.yaml", "\ufeffname: é\r\nb: 1\r\n".encode())
    tree = read(path)
    assert [s.text for s in scalars(tree)] == ["name", "é", "b", "1"]
    assert str(tree.items[1][0].span) == f"{path}:2:1"


# Files


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
    start = time.perf_counter()
    found = file_error(path)
    assert time.perf_counter() - start < 0.5
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


# Bounds


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
    start = time.perf_counter()
    found = only(text)
    assert time.perf_counter() - start < 0.5
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


# What the language leaves out


@pytest.mark.parametrize(
    ("text", "code", "at", "said"),
    [
        ("a: &x 1", "BW011", "&x", "anchors have no place in a spec: &x"),
        ("a: &x\n  b: 1", "BW011", "&x", "&x"),
        ("a: [&x-1 b, c]", "BW011", "&x-1", "&x-1"),
        ("&k a: 1", "BW011", "&k", "&k"),
        ("a: *x", "BW011", "*x", "aliases have no place in a spec: *x"),
        ("*x : 1", "BW011", "*x", "*x"),
        ("a: !!str 1", "BW012", "!!str", "tags have no place in a spec: !!str"),
        ("a: !t [1]", "BW012", "!t", "!t"),
        ("a: ! 1", "BW012", "!", "!"),
        ("a: !<tag:x> 1", "BW012", "!<tag:x>", "!<tag:x>"),
        ("a: [!t,b]", "BW012", "!t", "!t"),
        ("!!python/object:os.system {}", "BW012", "!!python/object:os.system", "!!python"),
        ("<<: {a: 1}\nb: 2", "BW013", "<<", "merge keys have no place in a spec"),
        ("a: 1\n---\nb: 2", "BW014", "---", "a second document begins"),
        ("a: 1\n--- \n", "BW014", "---", "a second document begins"),
        ("a: 1\nb: 2\na: 3", "BW015", "a", "duplicate key `a`"),
        ("{a: 1, 'a': 2}", "BW015", "'a'", "duplicate key `a`"),
        ("[a]: 1", "BW016", "[a]", "a list cannot be a key"),
        ("{a: 1}: 2", "BW016", "{a: 1}", "a mapping cannot be a key"),
        ("? - a\n: 1", "BW016", "- a", "a list cannot be a key"),
        ("? \n: 1", "BW016", "", "a key is missing before the colon"),
        ("a\u00a0b: 1", "BW016", "a\u00a0b", "an invisible character, U+00A0"),
    ],
)
def test_refused(text: str, code: str, at: str, said: str) -> None:
    found = only(text)
    assert found.code == code
    assert said in found.message
    assert pointed(found.span) == at
    assert found.help


def test_quoted_texts_may_look_like_what_is_refused() -> None:
    text = "'<<': 1\n'*.attn': '&a'\nb: \"!t\"\nc: 'x: y'\n"
    assert len(scalars(parse(Source("a.yaml", text)))) == 8


def test_a_duplicate_key_points_at_both_places() -> None:
    text = "nodes:\n  x: {use: Linear}\n  y: {use: Add}\n  x: {use: Add}\n"
    assert report(only(text)) == (
        "error[BW015]: duplicate key `x`\n"
        " --> a.yaml:4:3\n"
        "  |\n"
        "2 |   x: {use: Linear}\n"
        "  |   ^ first here\n"
        "...\n"
        "4 |   x: {use: Add}\n"
        "  |   ^ here again\n"
        "help: remove one of the two, or give it another name"
    )


def test_everything_wrong_is_told_in_one_go() -> None:
    text = "a: &x 1\nb: {c: *x, c: 2}\n<<: 3\nd: !t 4\na: 5\ne: [1\n"
    assert [(d.code, pointed(d.span)) for d in errors(text)] == [
        ("BW011", "&x"), ("BW011", "*x"), ("BW015", "c"), ("BW013", "<<"), ("BW012", "!t"),
        ("BW015", "a"), ("BW008", "["),
    ]  # fmt: skip


def test_anchor_and_tag_on_one_value_are_both_told() -> None:
    for text in ("a: &x !t 1", "a: !t &x 1"):
        assert {(d.code, pointed(d.span)) for d in errors(text)} == {
            ("BW011", "&x"),
            ("BW012", "!t"),
        }


# Syntax errors. The words are ours; only the places come from the parser.

LONG = "k" * 1100 + ": 1"
SYNTAX = [
    ("a:\n\tb: 1", "\t", "a tab stands where YAML wants spaces"),
    ("a:\n  b: 1\n\tc: 1", "\t", "a tab stands where YAML wants spaces"),
    ("a: [1, 2\nb: 3\n", "[", "the bracket `[` is never closed"),
    ("a: {b: 1\n", "{", "the bracket `{` is never closed"),
    ("{", "{", "the bracket `{` is never closed"),
    ("a: {x: real[seq, d]}", "[", "a text with `[` needs quotes inside { }"),
    ("a: {b: c: d}", ":", "a text with `:` needs quotes inside { }"),
    ("a: {b: 1]", "]", "`{` is closed by `]`"),
    ("a: [1]]", "]", "`]` closes nothing"),
    ("a: ,x", ",", "a value cannot begin with a comma"),
    ("a: [b, , c]", ",", "a value is missing before the comma"),
    ('{"a":1, "b" 2}', "2", "expected `,` or `}` here"),
    ('a: "x\nb: 1\n', '"', 'the quote " is never closed'),
    ("a: 'x", "'", "the quote ' is never closed"),
    ('a: "\\q"', "\\q", "unknown escape `\\q` in double quotes"),
    ('a: "x" y', "y", "text after the closing quote"),
    ("a: 'it's'", "s'", "text after the closing quote"),
    ("a: b: c", ":", "a second colon in one line"),
    ("a: 1\n  b: 2", "b", "`b` is indented deeper than the line above, which has a value already"),
    ("foo\nb: 2", "b", "`b` follows a line that is no `key: value`"),
    ("a: 1\nfoo\nb: 2", "foo", "this line is no `key: value`"),
    ("a: - b", "-", "a list with `- ` begins on a line of its own"),
    ("a:\n  - b\n  c: d", "c: d", "expected another `- ` of the list above"),
    ("a:\n    b: 1\n  c: 2", "c: 2", "this indentation (2) fits no line above"),
    ("  a: 1\nb: 2", "b: 2", "indented less than the first line"),
    ("a: 1\n...\nb: 2", "b: 2", "the text goes on after its end"),
    ("a: @x", "@x", "an unquoted value or key cannot begin with `@`"),
    ("*.q: 1", "*.q", "an unquoted value or key cannot begin with `*`"),
    ("a: %x", "%x", "an unquoted value or key cannot begin with `%`"),
    ("a: ? b", "?", "`? ` has no place here"),
    ("a: |x\n  b", "x", "a text after `|` or `>` begins on the next line"),
    ("%YAML 2.0\n---\na: 1", "%", "this version of YAML is not known"),
    (": 1", ":", "a key is missing before the colon"),
    ("{a: 1, : 2}", ":", "a key is missing before the colon"),
    (LONG, LONG, "this key is too long"),
]


@pytest.mark.parametrize("prefix", ["", "größe: 😀\n"])
@pytest.mark.parametrize(("text", "at", "said"), SYNTAX, ids=[s for *_, s in SYNTAX])
@pytest.mark.parametrize("loader", ["CLoader", "Loader"])
def test_syntax(
    text: str, at: str, said: str, prefix: str, loader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "_LOADER", getattr(yaml, loader))
    if prefix and text.startswith((" ", "{", "%", "foo", ":")):
        prefix = "# größe: 😀\n"
    found = only(prefix + text)
    assert found.code == "BW008"
    assert found.message == said
    assert pointed(found.span) == at
    assert found.help or found.label


def test_the_help_writes_out_the_quoted_type() -> None:
    assert only("inputs: {x: real[seq, d]}").help == 'write "real[seq, d]"'
    assert only("swap: [a, *.attn]").help == 'write "*.attn"'


# Anything at all


def diagnostics_of(text: str | Path) -> tuple[Diagnostic, ...]:
    """What is wrong with a text or a file; nothing but a SpecError may be raised."""
    try:
        _ = read(text) if isinstance(text, Path) else parse(Source("a.yaml", text))
    except SpecError as error:
        return error.diagnostics
    return ()


def check_spans(text: str) -> None:
    """Reading either gives nodes or a SpecError, and every place lies within the text."""
    found = diagnostics_of(text)
    spans = [d.span for d in found if d.span]
    assert len(spans) == len(found)
    assert all(report(d) for d in found)
    spans += [span for d in found for span, _ in d.labels]
    if not found:
        tree = parse(Source("a.yaml", text))
        spans += [tree.span, *(s.span for s in scalars(tree))]
    for span in spans:
        assert span.source.text == text
        assert 0 <= span.start <= span.end <= len(text)


PIECES = st.sampled_from(
    [
        *(
            "a",
            "b",
            "x1",
            ": ",
            ":",
            "\n",
            "\n  ",
            "\n    ",
            "\r\n",
            "- ",
            "? ",
            "[",
            "]",
            "{",
            "}",
        ),
        *(", ", "'", '"', "\\", "&a ", "*a", "!t ", "<<", "# c", "---\n", "...\n", "|", ">", "%"),
        *("|\n  x\n", "\t", "\ufeff", "é", "😀", "\u2028", "\x85", "\xa0", "@", "`", "~", "0x"),
        *("\x00", "\ud800"),
    ]
)


@given(st.text(st.characters(codec=None), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    check_spans(text)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_anything_like_yaml_is_read_or_refused(text: str) -> None:
    check_spans(text)


@given(data=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(data)
    assert all(report(found) for found in diagnostics_of(path))


TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
TREES = st.recursive(
    TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXTS.filter(bool), inner, max_size=4)
    ),
    max_leaves=12,
)


def plain(node: Marked) -> object:
    """A marked tree without its marks."""
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {key.text: plain(value) for key, value in node.items}


@given(TREES)
def test_what_json_says_is_what_is_read(tree: object) -> None:
    assert plain(parse(Source("a.yaml", json.dumps(tree)))) == tree
