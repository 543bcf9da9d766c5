"""The JSON Schema of format 1, made from the live catalogue: for editors, and for a first check.

It knows words and shapes. What only boxwork can tell (names, widths, wires) passes.
"""

from __future__ import annotations

from boxwork.blocks.settings import BASES
from boxwork.specs.json_blocks import BLOCK, NAME, Schema, definitions
from boxwork.specs.schema import BLOCK_TEXT, FORMAT, SPEC_TEXT

TEXT: Schema = {"type": ["string", "number", "boolean"]}
SIZE: Schema = {"type": ["integer", "number", "string"]}
FLAG: Schema = {"type": "boolean"}
ABOUT = {
    "name": "What the architecture is called.",
    "about": "What it is, in a sentence or two.",
    "special": "What sets it apart, in a few words: lists show it. A variant has its own.",
    "source": "Where it comes from: paper, section, table, file.",
    "year": "The year it was published.",
    "formula": "What it computes, in a line.",
    "title": "What people call the block; drawings show it.",
    "family": "Its colour in drawings: that of the blocks of this family.",
    "detail": "The second line of its box; {heads} is filled in.",
    "label": "What the box is called in drawings, instead of the block's title.",
}


def schema() -> Schema:
    """The JSON Schema (draft 2020-12) of specs and variants."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"boxwork, format {FORMAT}",
        "description": "A neural architecture drawn as boxes: a spec, or a variant of one.",
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": "#/$defs/variant"},
        "else": {"$ref": "#/$defs/spec"},
        "$defs": {**_files(), **_pieces(), **_nodes(), **_interpret(), **_edits(), **definitions()},
    }


def _object(properties: Schema, required: tuple[str, ...] = (), **more: object) -> Schema:
    """A mapping with these keys and no others."""
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return found | ({"required": list(required)} if required else {}) | more


def _named(values: Schema, about: str, pattern: str = NAME) -> Schema:
    """A mapping from names to values of one kind."""
    return {
        "description": about,
        "type": "object",
        "propertyNames": {"pattern": pattern},
        "additionalProperties": values,
    }


def _ref(name: str, about: str = "") -> Schema:
    return {"$ref": f"#/$defs/{name}"} | ({"description": about} if about else {})


def _texts(keys: tuple[str, ...]) -> Schema:
    return {key: {"description": ABOUT[key]} | TEXT for key in keys}


def _head() -> Schema:
    about = "The version of the language this file is written in."
    return {"format": {"description": about, "enum": [int(FORMAT), FORMAT]}} | _texts(SPEC_TEXT)


def _body() -> Schema:
    """The keys that a spec and a composite have in common."""
    return {
        "inputs": _named(_ref("input-type"), "What comes in, each with its type."),
        "outputs": _named(_ref("output"), "What it computes: the node of that name, or `from`."),
        "settings": _named(_ref("setting"), "What a user of it may fix: a type, and a default."),
        "dims": _named(_ref("dim"), "The sizes by name."),
        "require": _ref("require"),
        "nodes": _named(_ref("node"), "The boxes, in order; each reads the one above it."),
    }


def _files() -> Schema:
    blocks = _named(_ref("block"), "The blocks that this spec defines itself.", BLOCK)
    toy = _named(_ref("dim"), "Sizes by name at which it is a toy: --toy takes them.")
    own = {"toy": toy, "interpret": _ref("interpret"), "blocks": blocks}
    value = {"anyOf": [_ref("setting"), _ref("with-value")]}
    varied = _body() | {"settings": _named(value, "New settings, or new values of the base's.")}
    varied = {key: varied[key] for key in ("outputs", "dims", "settings", "require")} | own
    extends = {"description": "A shipped spec, or a path beside this file.", "type": "string"}
    edits = {key: _ref(key) for key in ("swap", "remove", "insert", "set")}
    closed = {"description": "It sees only its own names (an edited block of the catalogue)."}
    body = _body()
    body["outputs"] |= {"minProperties": 1}
    composite = _texts(BLOCK_TEXT) | body | {"closed": closed | FLAG}
    return {
        "spec": _object(_head() | body | own, ("format", "outputs", "nodes")),
        "variant": _object(_head() | {"extends": extends} | varied | edits, ("format", "extends")),
        "block": {
            "if": {"required": ["nodes"]},
            "then": _ref("composite"),
            "else": _ref("preset"),
        },
        "composite": _object(composite, ("outputs", "nodes")),
        "preset": _object(
            {"use": _ref("use"), "with": _ref("with"), "closed": closed | FLAG},
            ("use",),
            allOf=[_ref("with_by_use")],
        ),
    }


def _pieces() -> Schema:
    bases = "|".join(BASES)
    return {
        "input-type": {
            "description": 'A wire type: "real[seq, d_model]", "index<vocab>[seq]"; an input of '
            'a block may have a default: "real[n, d] = x", or = none.',
            "type": "string",
            "pattern": r"^\s*(real|index|shape)\b",
        },
        "output": {
            "anyOf": [
                _ref("input-type"),
                _object({"type": _ref("input-type"), "from": _ref("wire")}, ("type",)),
            ]
        },
        "setting": {
            "description": 'A type, and a default if it has one: "size", "number = 0.1", '
            '"block = none", "size or none = none", "choice<exact|tanh> = exact".',
            "type": "string",
            "pattern": rf"^\s*({bases})\b",
        },
        "dim": {
            "description": "A size: a number, an expression such as 4 * d_model, or any "
            "(known only at run time).",
        }
        | SIZE,
        "require": {
            "description": "What must hold, such as d_model % heads == 0.",
            "type": ["string", "array"],
            "items": {"type": "string"},
        },
        "wire": {"description": "A node, an input, or node.port.", "type": "string"},
        "with-value": {
            "type": ["string", "number", "boolean", "array", "object"],
        },
        "with": _named(_ref("with-value"), "The settings of the block."),
        "block-value": {
            "anyOf": [
                _ref("use"),
                _object(
                    {"use": _ref("use"), "with": _ref("with")},
                    ("use",),
                    allOf=[_ref("with_by_use")],
                ),
            ]
        },
    }


def _nodes() -> Schema:
    wires = {"type": "array", "items": _ref("wire")}
    wired = {"anyOf": [_ref("wire"), wires]}
    tied = _object({"to": {"type": "string"}, "transpose": FLAG}, ("to",))
    one_tie = {"anyOf": [{"type": "string"}, tied]}
    numbers = {"type": ["number", "string", "array", "object"]}
    keys: Schema = {
        "use": _ref("use"),
        "in": {
            "description": "The wires: one, a list (Add, Concat), or a mapping by port. Left "
            "out, the node above feeds the first port.",
            "anyOf": [wired, {"type": "object", "additionalProperties": wired}],
        },
        "with": _ref("with"),
        "repeat": {"description": "How many copies, one after the other.", "minimum": 0} | SIZE,
        "vary": {
            "description": "Lists of settings (or of `use`) that the copies take in turn.",
            "type": "object",
            "additionalProperties": {"type": "array", "minItems": 1},
        },
        "share": {"description": "All copies use one set of parameters."} | FLAG,
        "parallel": {
            "description": "How many copies, side by side: stacked along a new dim.",
            "minimum": 1,
        }
        | SIZE,
        "weigh": _ref("wire", "How much each copy counts: they are summed, those of 0 not run."),
        "tie": {
            "description": "Parameters that are those of another node: {weight: tok.table}.",
            "anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": one_tie}],
        },
        "values": {
            "description": "Numbers for the parameters, by name.",
            "type": "object",
            "additionalProperties": numbers,
        },
        "keep": {"description": "Keep its output while generating, and work on from there."} | FLAG,
        "label": {"description": ABOUT["label"]} | TEXT,
    }
    named = {"required": ["use"]}
    varied = {"properties": {"vary": {"required": ["use"]}}, "required": ["vary"]}
    copied = {"vary": ["repeat"], "weigh": ["parallel"]}
    series = {"not": {"required": ["repeat", "parallel"]}}
    shared = {
        "if": {"required": ["share"]},
        "then": {"anyOf": [{"required": ["repeat"]}, {"required": ["parallel"]}]},
    }
    piece = _object(keys, allOf=[_ref("with_by_use")])
    return {
        "piece-of-a-node": piece,
        "node": _object(
            keys,
            anyOf=[named, varied],
            dependentRequired=copied,
            allOf=[_ref("with_by_use"), _ref("complete_by_use"), series, shared],
        ),
    }


def _interpret() -> Schema:
    words = {"type": "array", "items": TEXT, "minItems": 1}
    keys: Schema = {
        "tokenizer": {
            "description": "characters, words, subwords, or another input.",
            "type": "string",
        },
        "alphabet": {"description": "The characters; a place is an id.", "type": "string"},
        "vocabulary": {"description": "The words; a place is an id."} | words,
        "file": {"description": "The subwords: a tokenizer.json, beside this file."} | TEXT,
        "unknown": {"description": "The word for all that is not known."} | TEXT,
        "start": {"description": "The word put before a text."} | TEXT,
        "end": {"description": "The word put after a text."} | TEXT,
        "lower": {"description": "Read capital letters as small ones."} | FLAG,
        "names": {"description": "What the numbers of an input are called."} | words,
        "classes": {"description": "What the numbers of an output stand for."} | words,
        "next": {"description": "The input whose next token this output scores.", "type": "string"},
    }
    first = [{"required": [key]} for key in ("tokenizer", "names", "classes", "next")]
    reading = _object(keys, anyOf=first)
    several = {"anyOf": [_ref("reading"), {"type": "array", "items": _ref("reading")}]}
    about = "What numbers mean to people: tokenizers, names of features, classes."
    return {"reading": reading, "interpret": _named(several, about)}


def _edits() -> Schema:
    path = {"description": "The path of a node, such as stack.*.attn.", "type": "string"}
    removed = {"anyOf": [path, _object({"node": path, "instead": _ref("wire")}, ("node",))]}
    nodes = _named(_ref("node"), "The new nodes, in order.")
    inserted = _object(
        {"after": path, "before": path, "nodes": nodes},
        ("nodes",),
        oneOf=[{"required": ["after"]}, {"required": ["before"]}],
    )
    about = "One block for another, everywhere and at once: {LayerNorm: RMSNorm}."
    return {
        "swap": _named(_ref("block-value"), about, BLOCK),
        "remove": {
            "description": "Nodes to take out; their readers read what they read, or `instead`.",
            "anyOf": [removed, {"type": "array", "items": removed}],
        },
        "insert": {
            "description": "New nodes after or before a node: {after: PATH, nodes: {…}}.",
            "anyOf": [inserted, {"type": "array", "items": inserted}],
        },
        "set": {
            "description": "Pieces laid over nodes: {stack.*.attn: {with: {kv_heads: 4}}}.",
            "type": "object",
            "additionalProperties": _ref("piece-of-a-node"),
        },
    }
