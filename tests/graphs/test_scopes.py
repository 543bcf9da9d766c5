"""What a name means where: dims, settings, blocks, and how the declared type reads a scalar."""

import pytest

from .support import graph_of, part_at, primitive_at, wrong

LAYER = """
    blocks:
      Layer:
        inputs: {x: "real[n, d]"}
        outputs: {y: "real[n, d]"}
        nodes:
          up: {use: Linear, with: {width: WIDE}}
          y: {use: Linear, with: {width: d}}
    nodes:
      y: {use: Layer}
"""


def width(text: str, path: str = "y.up") -> int:
    return int(primitive_at(graph_of(text), path).dims["width"])


def test_a_block_of_the_spec_sees_the_dims_of_the_spec() -> None:
    text = LAYER.replace("WIDE", "wide * 2").replace(
        "blocks:", "dims: {seq: any, d: 4, wide: 5}\n    blocks:", 1
    )
    assert width(text) == 10


def test_a_dim_of_the_spec_in_the_type_of_an_input_must_be_met() -> None:
    text = LAYER.replace("WIDE", "d").replace('"real[n, d]"', '"real[n, e]"')
    assert wrong("    dims: {seq: any, d: 4, e: 5}\n" + text) == [("BW203", "width mismatch at y")]


def test_other_dims_of_input_types_are_bound_by_the_wires() -> None:
    text = LAYER.replace("WIDE", "2 * k").replace('"real[n, d]"', '"real[n, k]"')
    assert width(text.replace("width: d", "width: k")) == 8


def test_blocks_of_the_catalogue_see_only_their_own_dims() -> None:
    # `d` means another size in the spec; FeedForward's own `d` is that of its wire.
    text = """
        dims: {seq: any, d: 3, wide: 4}
        inputs: {x: "real[seq, wide]"}
        outputs: {y: "real[seq, wide]"}
        nodes:
          y: {use: FeedForward, with: {hidden: d}}
    """
    graph = graph_of(text)
    assert int(primitive_at(graph, "y.y").dims["width"]) == 4
    assert int(primitive_at(graph, "y.up").dims["width"]) == 3


def test_a_setting_shadows_a_dim_of_the_spec() -> None:
    text = LAYER.replace("outputs:", "settings: {d_ff: size = 7}\n        outputs:").replace(
        "WIDE", "d_ff"
    )
    assert width("    dims: {seq: any, d: 4, d_ff: 9}\n" + text) == 7
    assert (
        width(
            "    dims: {seq: any, d: 4, d_ff: 9}\n"
            + text.replace("Layer}", "Layer, with: {d_ff: d_ff}}")
        )
        == 9
    )


def test_defaults_see_the_wires_and_the_settings_before_them() -> None:
    text = LAYER.replace(
        "outputs:", "settings: {half: size = d / 2, more: size = half + 1}\n        outputs:"
    )
    assert width(text.replace("WIDE", "more")) == 3
    given = text.replace("WIDE", "more").replace("Layer}", "Layer, with: {half: 10}}")
    assert width(given) == 11


def test_composites_have_dims_and_requirements_of_their_own() -> None:
    text = LAYER.replace(
        "outputs:", "dims: {wide: 3 * d}\n        require: [wide > 11]\n        outputs:"
    )
    assert width(text.replace("WIDE", "wide")) == 12
    bad = text.replace("WIDE", "wide").replace("> 11", "> 12")
    assert wrong(bad) == [("BW116", "`wide > 12` does not hold: wide = 12")]


def test_a_local_block_wins_over_the_catalogue_and_is_told() -> None:
    text = """
        blocks:
          ReLU: {use: Scale, with: {by: 0.5}}
        nodes:
          ff: {use: FeedForward, with: {hidden: 8}}
          y: {use: ReLU}
    """
    graph = graph_of(text)
    assert primitive_at(graph, "y").name == "Scale"
    assert primitive_at(graph, "ff.act").name == "ReLU"  # inside the catalogue nothing changes
    assert [d.code for d in graph.warnings] == ["BW903"]


def test_a_preset_may_refine_its_namesake() -> None:
    graph = graph_of(
        "blocks: {Linear: {use: Linear, with: {bias: false}}}\n"
        "nodes:\n"
        "  y: {use: Linear, with: {width: d}}"
    )
    assert list(primitive_at(graph, "y").parameters) == ["weight"]


def test_presets_fill_in_presets_and_nodes_win_over_them() -> None:
    text = """
        settings: {rate: number = 0.5}
        blocks:
          Drop: {use: Dropout, with: {rate: rate}}
          Same: {use: Drop}
          Less: {use: Same, with: {rate: 0.1}}
        nodes:
          a: {use: Same}
          b: {use: Less}
          y: {use: Less, with: {rate: 0.2}}
    """
    graph = graph_of(text)
    rates = [primitive_at(graph, name).settings["rate"] for name in "aby"]
    assert rates == [0.5, 0.1, 0.2]


def test_a_block_given_as_a_setting_means_what_it_means_where_it_is_written() -> None:
    # Both FeedForward and the spec know a size by the name of hidden.
    text = """
        dims: {seq: any, d: 4, hidden: 5}
        blocks:
          Outer:
            inputs: {x: "real[n, d]"}
            outputs: {y: "real[n, d]"}
            settings: {hidden: size, inner: block}
            nodes:
              up: {use: inner}
              y: {use: Linear, with: {width: d}}
        nodes:
          y: {use: Outer, with: {hidden: 99, inner: {use: Linear, with: {width: hidden}}}}
    """
    assert width(text) == 5


def test_a_block_setting_of_a_spec_reaches_the_catalogue() -> None:
    text = """
        blocks:
          Mine:
            inputs: {x: "real[n, k]"}
            outputs: {y: "real[n, k]"}
            nodes:
              y: {use: Scale, with: {by: 2}}
        nodes:
          y: {use: FeedForward, with: {hidden: 8, activation: Mine}}
    """
    assert primitive_at(graph_of(text), "y.act.y").name == "Scale"


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("number", "1e-4", 1e-4),
        ("number", "1 / sqrt(d)", 0.5),
        ("number", "d", 4.0),
        ("number", "'0.25'", 0.25),
        ("flag", "true", True),
        ("flag", "'false'", False),
        ("choice<on|off>", "off", "off"),
        ("choice<d|e>", "d", "d"),  # the words of a type win over names
        ("text", "none", "none"),
        ("text", "12:30", "12:30"),
        ("text or none", "no", "no"),
        ("number or none", "none", None),
        ("list<number>", "[1, d, 2.5]", (1.0, 4.0, 2.5)),
        ("list<flag> or none", "none", None),
        ("block", "none", None),
    ],
)
def test_the_declared_type_reads_the_scalar(kind: str, written: str, value: object) -> None:
    text = f"""
        blocks:
          Held:
            inputs: {{x: "real[n, d]"}}
            outputs: {{y: "real[n, d]"}}
            settings: {{it: "{kind}"}}
            nodes:
              y: {{use: ReLU}}
        nodes:
          y: {{use: Held, with: {{it: {written}}}}}
    """
    found = part_at(graph_of(text), "y").settings["it"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("size", "none"),
        ("size", "ReLU"),
        ("size", "true"),
        ("size", "[4]"),
        ("number", "yes please"),
        ("flag", "no"),
        ("flag", "1"),
        ("flag", "d"),
        ("choice<a|b>", "c"),
        ("choice<a|b>", "none"),
        ("block", "12"),
        ("block", "[ReLU]"),
        ("list<size>", "4"),
        ("list<size>", "[none]"),
        ("sizes", "4"),
        ("text", "[a]"),
        ("dim", "4"),
    ],
)
def test_what_is_no_value_of_the_type(kind: str, written: str) -> None:
    text = f"""
        blocks:
          Held:
            inputs: {{x: "real[n, d]"}}
            outputs: {{y: "real[n, d]"}}
            settings: {{it: "{kind}"}}
            nodes:
              y: {{use: ReLU}}
        nodes:
          y: {{use: Held, with: {{it: {written}}}}}
    """
    assert {code for code, _ in wrong(text)} <= {"BW106", "BW109"}


def test_the_words_of_a_type_win_over_settings_of_that_name() -> None:
    text = """
        settings: {tanh: number = 1}
        nodes:
          y: {use: GELU, with: {approximate: tanh}}
    """
    assert primitive_at(graph_of(text), "y").settings["approximate"] == "tanh"
