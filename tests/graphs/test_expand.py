"""A spec written out says the same; and two spellings of one thing are one graph."""

from pathlib import Path

import pytest

from boxwork.graphs.load import load
from boxwork.graphs.parameters import aliases, parameters
from boxwork.graphs.totals import total
from boxwork.specs.library import shipped
from boxwork.specs.spec import Spec
from boxwork.specs.write import expand

from .support import graph_of, spec_and_graph, structure

VARIANTS = {
    "swap in catalogue composites": "extends: gpt\nswap: {LayerNorm: RMSNorm, GELU: SiLU}",
    "swap both ways": "extends: gpt\nswap: {ReLU: GELU, GELU: ReLU}",
    "remove and insert": (
        "extends: gpt\nremove: [pos, 'stack.*.drop_1']\n"
        "insert: [{after: 'stack.*.norm_1', nodes: {half: {use: Scale, with: {by: 0.5}}}}]"
    ),
    "one copy": (
        "extends: gpt\nset: {stack.2.attn: {with: {causal: false}}, stack.1: {with: {hidden: 9}}}"
    ),
    "two copies alike": (
        "extends: gpt\nset: {stack.0.ff: {with: {bias: false}}, stack.2.ff: {with: {bias: false}}}"
    ),
    "grouped heads": "extends: transformer\nset: {'decoder.*.cross': {with: {kv_heads: 2}}}",
    "blocks and settings": (
        "extends: gpt2\nblocks: {Drop: {use: Scale, with: {by: dropout}}}\nsettings: {dropout: 0.5}"
    ),
    "names of the spec and of the catalogue": (
        "extends: base.yaml\nset: {'stack.*.ff': {with: {bias: false}}}\n+++ base.yaml\n"
        "format: 1\nname: base\ndims: {seq: any, d: 3, w: 8, heads: 5}\n"
        'inputs: {x: "real[seq, w]"}\noutputs: {stack: "real[seq, w]"}\n'
        "blocks: {ReLU: {use: Scale, with: {by: 2}}}\n"
        "nodes:\n  stack: {use: EncoderLayer, repeat: 2, with: {heads: 2}}\n"
    ),
    "on a variant": (
        "extends: gpt-modern\n"
        "set: {'stack.*.attn': {with: {window: 4}}}\nswap: {RMSNorm: LayerNorm}"
    ),
}
SPECS = {
    "ties": """
        nodes:
          one: {use: GPTBlock, repeat: 2, with: {heads: 2}}
          two: {use: GPTBlock, repeat: 2, with: {heads: 2}, tie: one}
          y:
            use: Linear
            with: {width: d}
            tie: {weight: {to: one.0.attn.q.weight, transpose: true}}
    """,
    "vary": """
        blocks:
          A: {use: FeedForward, with: {hidden: 8}}
          B: {use: GatedFeedForward, with: {hidden: d * 2}}
        nodes:
          s: {repeat: 5, vary: {use: [A, B, none]}, label: "a: [label], # quoted"}
          t: {use: MultiHeadAttention, repeat: 3, share: true, with: {heads: 2}}
          y: {use: MultiHeadAttention, repeat: 3, vary: {heads: [1, 2, 4]}}
    """,
    "values": """
        dims: {seq: any, d: 2}
        nodes:
          y:
            use: Linear
            with: {width: d}
            values: {weight: {a b: [1, {ours: 2e-3}], "c:": [0, -1]}}
    """,
    "scopes": """
        dims: {seq: any, d: 4, heads: 2, free_too: any}
        settings: {act: "block = {use: GELU, with: {approximate: tanh}}", rate: number = 1 / 3}
        inputs: {x: "real[seq, d]", z: "real[free_too, d]"}
        require: [seq <= 2 * d]
        blocks:
          Layer:
            about: "Shadows: heads, and more"
            inputs: {x: "real[n, d]", m: "real[k, e] = x"}
            outputs: {out: {type: "real[n, d]", from: last}, parts: "real[n, d]"}
            settings: {heads: size, hidden: size = 2 * e, inner: block = act}
            dims: {wide: heads * hidden}
            require: [wide > heads]
            nodes:
              parts: {use: MultiHeadAttention, in: {query: x, memory: m}, with: {heads: heads}}
              up:    {use: Linear, with: {width: wide}}
              act:   {use: inner}
              last:  {use: Linear, with: {width: d}}
          Drop: {use: Dropout, with: {rate: rate}}
        nodes:
          a: {use: Layer, in: {x: x, m: z}, with: {heads: 1}}
          b: {use: Drop, in: a.parts}
          y: {use: Add, in: [a, b]}
    """,
    "defaults with quotes in them": """
        blocks:
          Layer:
            inputs: {x: "real[n, d]"}
            outputs: {y: "real[n, d]"}
            settings:
              one: "list<text> = [\\"a, b\\", 'c: d']"
              two: 'text = "e # f"'
              three: "block = {use: Scale, with: {by: \\"2\\"}}"
            nodes:
              y: {use: three}
        nodes:
          y: {use: Layer}
    """,
    "words that YAML reads": """
        settings: {how: choice<yes|no|on> = no, t: text = "2024-01-01"}
        blocks:
          Layer:
            inputs: {x: "real[n, d]"}
            outputs: {y: "real[n, d]"}
            settings: {how: choice<yes|no|on>, t: text, n_list: "list<size> = [1, 2]"}
            nodes:
              y: {use: ReLU}
        nodes:
          a: {use: Layer, with: {how: how, t: t}}
          y: {use: Layer, with: {how: on, t: "a: b, 'c' #d"}}
    """,
}


def written_out(spec: Spec, folder: Path) -> tuple[str, object]:
    """A spec expanded and loaded again: its text and its structure."""
    text = expand(spec)
    path = folder / "expanded.yaml"
    path.write_text(text, encoding="utf-8")
    again, graph = load(path)
    assert expand(again) == text  # nothing is left to write out
    assert graph.name == spec.name
    assert again.interpretation == spec.interpretation
    return text, graph


@pytest.mark.parametrize("name", shipped())
def test_shipped_specs(name: str, tmp_path: Path) -> None:
    spec, graph = load(name)
    text, again = written_out(spec, tmp_path)
    assert structure(again) == structure(graph)
    assert total(again) == total(graph)
    assert "extends" not in text


@pytest.mark.parametrize("text", VARIANTS.values(), ids=VARIANTS)
def test_variants(text: str, tmp_path: Path) -> None:
    spec, graph = spec_and_graph(text)
    _, again = written_out(spec, tmp_path)
    assert structure(again) == structure(graph)
    assert list(parameters(again)) == list(parameters(graph))


@pytest.mark.parametrize("text", SPECS.values(), ids=SPECS)
def test_odd_corners(text: str, tmp_path: Path) -> None:
    spec, graph = spec_and_graph(text)
    _, again = written_out(spec, tmp_path)
    assert structure(again) == structure(graph)
    assert dict(aliases(again)) == dict(aliases(graph))


def test_sizes_from_outside_are_written_out(tmp_path: Path) -> None:
    spec, graph = load("gpt2", ["dims.layers=2"], {"d_model": 24})
    _, again = written_out(spec, tmp_path)
    assert structure(again) == structure(graph)


READ_ANEW = ("sunny-rainy", "two-readings")  # leaf-flower, with other meanings


def test_structures_can_differ() -> None:
    graphs = [graph_of(text) for text in [*VARIANTS.values(), *SPECS.values()]]
    graphs += [load(name)[1] for name in shipped() if name not in READ_ANEW]
    found = [str(structure(graph)) for graph in graphs]
    assert len(set(found)) == len(found)


SPELLINGS = {
    "wires": (
        "nodes:\n  a: {use: ReLU}\n  y: {use: MultiHeadAttention, with: {heads: 2}}",
        (
            "nodes:\n  a: {use: ReLU, in: {x: x}}\n"
            "  y: {in: {query: a.y, memory: a}, with: {heads: 2}, use: MultiHeadAttention}"
        ),
    ),
    "presets": (
        "blocks: {Ff: {use: FeedForward, with: {hidden: 4 * d}}}\nnodes:\n  y: {use: Ff}",
        "nodes:\n  y: {use: FeedForward, with: {hidden: d * 4}}",
    ),
    "block settings": (
        (
            "blocks: {G: {use: GELU, with: {approximate: tanh}}}\n"
            "nodes:\n  y: {use: FeedForward, with: {hidden: 8, activation: G}}"
        ),
        (
            "nodes:\n  y:\n    use: FeedForward\n    with:\n      hidden: 8\n"
            "      activation: {use: GELU, with: {approximate: tanh}}"
        ),
    ),
    "sizes": (
        (
            "dims: {seq: any, d: 4, e: 2 * d}\nnodes:\n  u: {use: Linear, with: {width: e}}\n"
            "  y: {use: Linear, with: {width: d}}"
        ),
        (
            "dims: {seq: any, d: 4, e: d + 16 / 4}\n"
            "nodes:\n  u: {use: Linear, with: {width: e + 0}}\n"
            "  y: {use: Linear, with: {width: e - e + d}}"
        ),
    ),
    "vary": (
        "nodes:\n  y: {repeat: 4, vary: {use: [ReLU, GELU]}}",
        "nodes:\n  y: {repeat: 2 + 2, vary: {use: [ReLU, GELU, ReLU, GELU]}}",
    ),
    "none": (
        "nodes:\n  a: {use: ReLU}\n  b: {use: none}\n  y: {use: Add, in: [b, x]}",
        "nodes:\n  a: {use: ReLU}\n  y: {use: Add, in: [a, x]}",
    ),
}


@pytest.mark.parametrize(("one", "other"), SPELLINGS.values(), ids=SPELLINGS)
def test_two_spellings(one: str, other: str) -> None:
    found = structure(graph_of(one)), structure(graph_of(other))
    # A preset's name is its title; and a size that was computed has the name of its expression.
    assert _anonymous(found[0]) == _anonymous(found[1])


def _anonymous(value: object) -> object:
    """A structure without titles of composites and names of sizes."""
    match value:
        case (str() as size, str()) if isinstance(value, tuple):
            return size
        case [*items, str(), str()] if len(items) == 5:
            return [_anonymous(item) for item in items]
        case list() | tuple():
            return [_anonymous(item) for item in value]
        case dict():
            return {key: _anonymous(item) for key, item in value.items()}
        case _:
            return value
