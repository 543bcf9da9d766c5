"""What is read: text with marks, spans that point at what is meant."""

from pathlib import Path

import pytest

from boxwork.specs.diagnostics import Source, Span, SpecError
from boxwork.specs.marked import Mapping, Scalar, Sequence
from boxwork.specs.source import parse, read

from .reading import only, pointed, scalars, written


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
