"""What libyaml found wrong with a text, said in clear sentences."""

from __future__ import annotations

import re

import yaml

from boxwork.specs.diagnostics import Diagnostic, Source, Span
from boxwork.specs.fault import Fault
from boxwork.specs.hints import shorten

_CLOSING = {"[": "]", "{": "}"}
_LONGEST_KEY = 1000
_SHORTEN = f"a key has at most {_LONGEST_KEY} letters, its colon in the same line"


def explain(source: Source, base: int, error: yaml.MarkedYAMLError) -> Diagnostic:
    """The diagnostic for a syntax error; ``base`` is where in the source the YAML begins."""
    assert error.problem_mark is not None
    begun = error.context_mark.index + base if error.context_mark else None
    at = min(error.problem_mark.index + base, len(source.text))
    fault = Fault(source, at, error.problem or "", error.context or "", begun)
    for rule in (_tab, _quotes, _brackets, _sigils, _colons, _blocks, _documents):
        if said := rule(fault):
            return said
    return fault.say(f"this is not YAML: {fault.problem}")


def _tab(f: Fault) -> Diagnostic | None:
    if f.letter != "\t":
        return None
    return f.say("a tab stands where YAML wants spaces", help="indent with spaces")


def _quotes(f: Fault) -> Diagnostic | None:
    if "quoted scalar" not in f.doing or f.begun is None:
        return None
    if "escape" in f.problem or "hex" in f.problem:
        slash = f.source.text.rfind("\\", 0, f.at + 1)
        return f.say(
            f"unknown escape `{f.source.text[slash : slash + 2]}` in double quotes",
            f.span(slash, 2),
            help="write \\\\ for a backslash, or use single quotes",
        )
    quote = f.source.text[f.begun]
    return f.say(
        f"the quote {quote} is never closed",
        f.span(f.begun),
        label="opened here",
        help=f"put {quote} at the end of the text",
    )


def _brackets(f: Fault) -> Diagnostic | None:
    if f.letter and f.letter in "]}," and "flow" not in f.doing:
        return _stray(f)
    if "flow" not in f.doing or f.begun is None:
        return None
    start = f.begun
    while start > 0 and f.source.text[start : start + 1] not in ("[", "{"):
        start -= 1
    opening = f.source.text[start]
    if opening not in _CLOSING:
        return None
    closing, inside = _CLOSING[opening], f.source.text[start : f.at]
    here = ((f.span(start), "opened here"),)
    if "node" in f.doing and f.letter == ",":
        return f.say("a value is missing before the comma", labels=here, help="remove the comma")
    if f.letter and f.letter in "]}" and f.letter != closing:
        message = f"`{opening}` is closed by `{f.letter}`"
        return f.say(message, labels=here, help=f"close it with `{closing}`")
    if not f.letter or "\n" in inside:
        return f.say(
            f"the bracket `{opening}` is never closed",
            f.span(start),
            label="opened here",
            help=f"put `{closing}` at the end of the list or mapping",
        )
    if f.letter == ":" and f.before.rstrip().endswith(("{", "[", ",")):
        return _no_key(f)
    if f.letter in "[{:":
        return f.say(
            f"a text with `{f.letter}` needs quotes inside {opening} {closing}",
            labels=here,
            help=_quoted_example(f),
        )
    return f.say(f"expected `,` or `{closing}` here", labels=here, help="is a comma missing?")


def _stray(f: Fault) -> Diagnostic:
    if f.letter == ",":
        return f.say("a value cannot begin with a comma", help="remove it, or put it in quotes")
    opening = "[" if f.letter == "]" else "{"
    return f.say(f"`{f.letter}` closes nothing", help=f"remove it, or open with `{opening}`")


def _quoted_example(f: Fault) -> str:
    """The help for a text in brackets without quotes, with the text itself if it is clear."""
    if f.letter == "[":
        word = re.search(r"[\w<>]*$", f.before)
        rest = re.match(r"\[[^\]\n]*\]", f.source.text[f.at :])
        if word and rest:
            return f'write "{word[0]}{rest[0]}"'
    return "put it in double quotes"


def _sigils(f: Fault) -> Diagnostic | None:
    """Letters with a meaning of their own in YAML, at the start of a value."""
    start = None
    if "cannot start any token" in f.problem:
        start = f.at
    elif f.begun is not None and f.doing.endswith(("an alias", "an anchor", "a tag")):
        start = f.begun
    elif "tag handle" in f.problem or "directive" in f.doing:
        start = f.at if f.begun is None else f.begun
    if start is None or start >= len(f.source.text):
        return None
    text = f.source.text[start:].split("\n", 1)[0]
    word = re.match(r"[^\s,:\]}]*", text)
    found = word[0] if word and 1 < len(word[0]) < 40 else ""
    return f.say(
        f"an unquoted value or key cannot begin with `{text[0]}`",
        f.span(start, max(len(found), 1)),
        help=f'write "{found}"' if found and '"' not in found else "put it in quotes",
    )


def _colons(f: Fault) -> Diagnostic | None:
    if "expected ':'" in f.problem and f.begun is not None:
        line = f.line_span(f.begun)
        if line.end - line.start > _LONGEST_KEY:
            return f.say("this key is too long", line, help=_SHORTEN)
        return f.say(
            "this line is no `key: value`",
            line,
            help="is a colon missing? a text over several lines is indented or quoted",
        )
    if "mapping values" in f.problem:
        return _second_colon(f)
    if "mapping keys" in f.problem:
        return f.say("`? ` has no place here", help="put the text in quotes")
    if "sequence entries" in f.problem:
        return f.say("a list with `- ` begins on a line of its own", help="or write [a, b]")
    return None


def _second_colon(f: Fault) -> Diagnostic:
    """A colon that makes a key where none may be."""
    if ":" in f.before:
        return f.say(
            "a second colon in one line",
            help="a text with a colon and a space in it needs quotes",
        )
    key = shorten(f.before.strip())
    if not key:
        return _no_key(f)
    if len(f.before) > _LONGEST_KEY:
        return f.say("this key is too long", f.line_span(f.at - len(f.before)), help=_SHORTEN)
    above = _line_above(f)
    span = f.span(f.at - len(f.before.lstrip()), len(f.before.lstrip()))
    if above and ":" in f.source.text[above.start : above.end]:
        return f.say(
            f"`{key}` is indented deeper than the line above, which has a value already",
            span,
            labels=((above, "a value stands here"),),
            help="indent both alike; a mapping under a key begins on the next line",
        )
    return f.say(
        f"`{key}` follows a line that is no `key: value`",
        span,
        labels=((above, "a colon is missing here"),) if above else (),
        help="is a colon missing in the line above?",
    )


def _no_key(f: Fault) -> Diagnostic:
    return f.say("a key is missing before the colon", help="write `key: value`")


def _line_above(f: Fault) -> Span | None:
    """The last line before the place that is neither empty nor a comment."""
    end = f.at - len(f.before)
    while end > 0:
        start = f.source.text.rfind("\n", 0, end - 1) + 1
        line = f.source.text[start:end].strip()
        if line and not line.startswith("#"):
            first = start + f.source.text[start:end].index(line[0])
            return Span(f.source, first, first + len(line))
        end = start
    return None


def _blocks(f: Fault) -> Diagnostic | None:
    if "block scalar" in f.doing:
        return f.say(
            "a text after `|` or `>` begins on the next line",
            help="put a text that begins with | or > in quotes",
        )
    if "block mapping" not in f.doing and "block collection" not in f.doing:
        return None
    if f.letter == ":":
        return _no_key(f)
    if f.before.strip():
        last = f.before.rstrip()[-1]
        mend = "write '' for a quote inside single quotes" if last == "'" else ""
        after = {"'": "quote", '"': "quote", "]": "bracket", "}": "bracket"}.get(last, "value")
        return f.say(
            f"text after the closing {after}",
            f.line_span(f.at),
            help=mend or "put all of it in quotes, or on a line of its own",
        )
    if "block collection" in f.doing:
        return f.say(
            "expected another `- ` of the list above",
            f.line_span(f.at),
            help="a list and keys do not mix; are both indented as they should be?",
        )
    return f.say(
        f"this indentation ({len(f.before)}) fits no line above",
        f.line_span(f.at),
        help="keys of one mapping are indented alike",
    )


def _documents(f: Fault) -> Diagnostic | None:
    if "incompatible" in f.problem:
        return f.say("this version of YAML is not known", help="remove the line with %YAML")
    if "document start" not in f.problem:
        return None
    ended = "\n..." in f.source.text[: f.at]
    return f.say(
        "the text goes on after its end" if ended else "indented less than the first line",
        f.line_span(f.at),
        help="keys of the top level all begin in the same column",
    )
