"""How diagnostics look: the frame, carets under wide letters, long lines, JSON."""

import json
import re

import pytest

from boxwork.specs.diagnostics import Diagnostic, Note, Source, Span
from boxwork.specs.frame import columns
from boxwork.specs.report import as_json, report, report_all

GPT2 = "\n".join(
    [
        "format: 1",
        "name: GPT-2 small, too narrow",
        "dims:",
        "  seq: any",
        "  context: 1024",
        "  vocab: 50257",
        "  d_model: 768",
        *(f"  # {n}" for n in range(8, 22)),
        "      short:  {use: Linear, in: norm_1, with: {width: d_model / 2}}",
        "      add_1:  {use: Add, in: [x, short]}",
    ]
)

SAMPLE = """\
error[BW203]: width mismatch at stack.*.add_1
  --> gpt2-narrow.yaml:23:31
   |
23 |       add_1:  {use: Add, in: [x, short]}
   |                               ^  ^^^^^ real[seq, 384]
   |                               real[seq, 768]
   = x is real[seq, d_model] with d_model = 768, set at gpt2-narrow.yaml:7:12
   = short is 384 wide: {width: d_model / 2} at gpt2-narrow.yaml:22:47
   = in the block GPTBlock, used by stack (12 copies)
help: give short {width: d_model}, or add a Linear of that width after it"""


def span(source: Source, text: str, nth: int = 0) -> Span:
    """The place of a piece of text in a source."""
    start = -1
    for _ in range(nth + 1):
        start = source.text.index(text, start + 1)
    return Span(source, start, start + len(text))


def at(source: Source, line: int, column: int) -> Span:
    start = sum(len(source.line(n)) + 1 for n in range(1, line)) + column - 1
    return Span(source, start, start + 1)


def show(text: str, *labels: tuple[str, str]) -> str:
    """The report of a diagnostic in a small source, without its first lines."""
    source = Source("a.yaml", text)
    (first, word), *rest = labels
    found = Diagnostic(
        "BW101", "m", span(source, first), word, tuple((span(source, s), w) for s, w in rest)
    )
    return "\n".join(report(found).split("\n")[3:])


def test_the_sample_to_the_letter() -> None:
    source = Source("gpt2-narrow.yaml", GPT2)
    x, short = span(source, "x, short"), span(source, "short", 1)
    found = Diagnostic(
        "BW203",
        "width mismatch at stack.*.add_1",
        Span(source, x.start, x.start + 1),
        "real[seq, 768]",
        ((short, "real[seq, 384]"),),
        (
            Note("x is real[seq, d_model] with d_model = 768, set", at(source, 7, 12)),
            Note("short is 384 wide: {width: d_model / 2}", at(source, 22, 47)),
            Note("in the block GPTBlock, used by stack (12 copies)"),
        ),
        "give short {width: d_model}, or add a Linear of that width after it",
    )
    assert report(found) == SAMPLE


def test_labels_on_other_lines_are_further_lines_of_the_frame() -> None:
    source = Source("a.yaml", "a: 1\nb: 2\nc: 3\nd: 4\na: 5\n")
    again = span(source, "a", 1)
    found = Diagnostic(
        "BW015",
        "duplicate key `a`",
        again,
        "here again",
        ((span(source, "a"), "first here"), (span(source, "d"), "beside it")),
    )
    assert report(found) == (
        "error[BW015]: duplicate key `a`\n"
        " --> a.yaml:5:1\n"
        "  |\n"
        "1 | a: 1\n"
        "  | ^ first here\n"
        "...\n"
        "4 | d: 4\n"
        "  | ^ beside it\n"
        "5 | a: 5\n"
        "  | ^ here again"
    )


def test_labels_in_another_source_have_a_block_of_their_own() -> None:
    base = Source("gpt2.yaml", "\n" * 119 + "nodes: {}\n", via="extends: gpt2")
    variant = Source("mine.yaml", "extends: gpt2\nset: {stac: 1}\n")
    found = Diagnostic(
        "BW303",
        "the edit hits nothing",
        span(variant, "stac"),
        "",
        ((span(base, "nodes"), "the nodes"),),
    )
    assert report(found) == (
        "error[BW303]: the edit hits nothing\n"
        "   --> mine.yaml:2:7\n"
        "    |\n"
        "  2 | set: {stac: 1}\n"
        "    |       ^^^^\n"
        "   --> gpt2.yaml:120:1 (through extends: gpt2)\n"
        "    |\n"
        "120 | nodes: {}\n"
        "    | ^^^^^ the nodes"
    )


def test_three_labels_on_a_line_hang_from_their_carets() -> None:
    assert show("in: [q, key, v]", ("q", "one"), ("key", "two"), ("v]", "three")) == (
        "1 | in: [q, key, v]\n  |      ^  ^^^  ^^ three\n  |      |  two\n  |      one"
    )


def test_labels_of_overlapping_spans_all_hang() -> None:
    assert show("a: wide [b]", ("wide [b]", "all"), ("b", "inner")) == (
        "1 | a: wide [b]\n"
        "  |    ^^^^^^^^\n"
        "  |    |     inner\n"
        "  |    all"
    )  # fmt: skip


def test_without_labels_there_are_only_carets() -> None:
    assert show("key: value", ("key", "")) == "1 | key: value\n  | ^^^"


def test_a_place_without_text_gets_one_caret() -> None:
    source = Source("a.yaml", "a:\nb: 1")
    for place, column in ((2, 3), (7, 5)):
        line = report(Diagnostic("BW101", "m", Span(source, place, place))).split("\n")[-1]
        assert line == "  | " + " " * (column - 1) + "^"


def test_a_span_over_lines_shows_its_first() -> None:
    source = Source("a.yaml", "a: [1,\n  2]\nb: 1\n")
    found = Diagnostic("BW101", "m", span(source, "[1,\n  2]"), "this list")
    assert report(found).split("\n")[3:] == ["1 | a: [1,", "  |    ^^^ this list"]


@pytest.mark.parametrize(
    "before", ["\t", "é", "語", "😀", "e\u0301", "\u200b", "\u202e", "ｗ", "\r"]
)
def test_carets_stand_under_what_they_mean(before: str) -> None:
    shown = show(f"{before}{before}: bad value", ("bad", "here"))
    line, carets = (row.removeprefix("1 | ").removeprefix("  | ") for row in shown.split("\n"))
    assert columns(line[: line.index("bad")]) == carets.index("^^^ here")
    assert not set(line) & set("\t\u200b\u202e\r")


def test_a_long_line_is_cut_around_the_span() -> None:
    text = "a: [" + "item, " * 500 + "bad, " + "item, " * 500 + "]"
    line, carets = show(text, ("bad", "here")).split("\n")
    assert len(line) < 110
    assert line[4] == line[-1] == "…"
    assert line.index("bad") == carets.index("^^^ here")


def test_labels_far_apart_on_a_long_line_are_both_shown() -> None:
    text = "a: [first, " + "item, " * 500 + "last]"
    rows = show(text, ("first", "one"), ("last", "two")).split("\n")
    assert rows[0].index("first") == rows[1].index("^^^^^ one")
    assert rows[2].index("last") == rows[3].index("^^^^ two")


def test_a_span_longer_than_the_window_ends_with_it() -> None:
    line, carets = show("a: " + "x" * 5000, ("x" * 5000, "here")).split("\n")
    assert len(line) < 110
    assert len(carets) < 115


def test_nothing_written_by_a_stranger_reaches_the_terminal_raw() -> None:
    evil = "\x1b[31m\x07\u202e\ud800\n"
    source = Source(evil, f"a: {evil}")
    found = Diagnostic(
        "BW101", evil, span(source, "a"), evil, ((span(source, evil), evil),), (Note(evil),), evil
    )
    text = report(found)
    assert not set(text) & set("\x1b\x07\u202e\ud800")
    text.encode()


def test_a_file_that_could_not_be_read_has_no_frame() -> None:
    found = Diagnostic("BW001", "there is no file 'a.yaml'", Span(Source("a.yaml", ""), 0, 0))
    assert report(found) == "error[BW001]: there is no file 'a.yaml'\n --> a.yaml"
    assert as_json(found)["file"] == "a.yaml"
    assert as_json(found)["line"] is None


def test_a_diagnostic_without_a_place() -> None:
    found = Diagnostic("BW901", "no place", notes=(Note("a note"),), help="one\ntwo")
    assert report(found) == "warning[BW901]: no place\n  = a note\nhelp: one\n      two"


def test_colour_changes_nothing_but_colour() -> None:
    source = Source("a.yaml", "in: [q, key, v]")
    found = Diagnostic(
        "BW101",
        "m",
        span(source, "q"),
        "one",
        ((span(source, "key"), "two"),),
        (Note("n"),),
        "mend",
    )
    coloured = report(found, color=True)
    assert "\x1b[1;31m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == report(found)


def test_several_are_parted_by_an_empty_line() -> None:
    found = [Diagnostic("BW101", "one"), Diagnostic("BW901", "two")]
    assert report_all(found) == "error[BW101]: one\n\nwarning[BW901]: two"
    assert report_all([]) == ""


def test_json_holds_the_places() -> None:
    source = Source("a.yaml", "a: 1\nb: [é,\n 2]\n")
    found = Diagnostic(
        "BW103",
        "m",
        span(source, "[é,\n 2]"),
        "here",
        ((span(source, "a"), "there"),),
        (Note("set", span(source, "1")), Note("no place")),
        "mend",
    )
    facts = json.loads(json.dumps(as_json(found)))
    assert facts == {
        "code": "BW103",
        "severity": "error",
        "message": "m",
        "file": "a.yaml",
        "line": 2,
        "column": 4,
        "end_line": 3,
        "end_column": 4,
        "label": "here",
        "labels": [
            {
                "text": "there",
                "file": "a.yaml",
                "line": 1,
                "column": 1,
                "end_line": 1,
                "end_column": 2,
            }
        ],
        "notes": [
            {
                "text": "set",
                "file": "a.yaml",
                "line": 1,
                "column": 4,
                "end_line": 1,
                "end_column": 5,
            },
            {
                "text": "no place",
                "file": None,
                "line": None,
                "column": None,
                "end_line": None,
                "end_column": None,
            },
        ],
        "help": "mend",
    }


def test_json_holds_through_what_a_place_came() -> None:
    base = Source("gpt2.yaml", "a: 1\n", via="extends: gpt2")
    assert as_json(Diagnostic("BW101", "m", span(base, "a")))["via"] == "extends: gpt2"
