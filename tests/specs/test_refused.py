"""What the language leaves out, and syntax errors as sentences."""

import pytest
import yaml

from boxwork.specs import source as source_module
from boxwork.specs.diagnostics import Source
from boxwork.specs.report import report
from boxwork.specs.source import parse

from .reading import errors, only, pointed, scalars


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
