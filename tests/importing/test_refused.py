"""Configs that are refused: each thing that is wrong with its key, value and place, all at once."""

import random
from pathlib import Path
from typing import Any

import pytest

from boxwork.importing.families import FAMILIES
from boxwork.importing.imported import import_config
from boxwork.importing.reasons import elsewhere
from boxwork.specs.diagnostics import BoxworkError, Diagnostic, SpecError
from tests.importing.support import TINY, written, wrong

LLAMA = TINY | {"model_type": "llama"}
ROPE = "rope_scaling"

# What is changed of a tiny config, and what must be said of it.
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "no family": ({"model_type": None}, "BW573 `model_type` must be a text, not null"),
    "a misspelt family": ({"model_type": "lama"}, "'lama' of configs | did you mean `llama`"),
    "a family of elsewhere": ({"model_type": "mamba"}, "of the family mamba: its layers are"),
    "an unknown key": (
        {"hiden_size": 5},
        "a Llama has no key `hiden_size` that boxwork knows | did you mean `hidden_size`?",
    ),
    "a new key": ({"sparse_gating": True}, "no key `sparse_gating` that boxwork knows | remove"),
    "a text for a number": (
        {"hidden_size": "24"},
        'BW573 `hidden_size` must be a whole number, not "24"',
    ),
    "a float for a size": ({"vocab_size": 29.0}, "`vocab_size` must be a whole number, not 29.0"),
    "a flag for a size": ({"head_dim": True}, "`head_dim` must be a whole number or null, not"),
    "a list for a size": ({"vocab_size": [29]}, "`vocab_size` must be a whole number, not a list"),
    "less than one": ({"vocab_size": -3}, "must be a whole number, at least 1, not -3"),
    "nothing": ({"num_hidden_layers": 0}, "must be a whole number, at least 1, not 0"),
    "too much": ({"hidden_size": 10**30}, "must be a whole number, at most 30,000,000, not 1000"),
    "null": ({"vocab_size": None}, "`vocab_size` must be a whole number, not null"),
    "a number for a flag": ({"mlp_bias": 1}, "`mlp_bias` must be true or false, not 1"),
    "an epsilon of nothing": ({"rms_norm_eps": 0}, "must be a number above 0, not 0"),
    "not a number": ({"rms_norm_eps": float("nan")}, "must be a number above 0, not NaN"),
    "a number for a text": ({"hidden_act": 5}, "`hidden_act` must be a text, not 5"),
    "an activation": (
        {"hidden_act": "quick_gelu"},
        "BW575 `hidden_act` is 'quick_gelu', an activation that boxwork does not have | known",
    ),
    "dropout in attention": (
        {"attention_dropout": 0.1},
        "`attention_dropout` is 0.1: boxwork drops nothing inside attention | only 0 or null",
    ),
    "another head": (
        {"architectures": ["LlamaForSequenceClassification"]},
        "LlamaForSequenceClassification: boxwork's Llama is a LlamaForCausalLM",
    ),
    "heads cut out": ({"pruned_heads": {"0": [1]}}, "`pruned_heads` is an object: heads that were"),
    "heads that do not divide": (
        {"num_attention_heads": 5, "num_key_value_heads": 5},
        "BW574 num_attention_heads 5 does not divide hidden_size 24",
    ),
    "keys that do not divide": (
        {"num_key_value_heads": 3},
        "num_key_value_heads 3 does not divide num_attention_heads 4",
    ),
    "an odd head": ({"head_dim": 7}, "turn pairs of numbers: head_dim 7, which is odd"),
    "an odd head that follows": (
        {"head_dim": None, "hidden_size": 12},
        "rotary positions turn pairs of numbers: a head is 3 wide, which is odd",
    ),
    "an unknown scaling": (
        {ROPE: {"type": "longrope"}},
        "`rope_scaling.rope_type` is 'longrope', a scaling of rotary positions that a Llama",
    ),
    "a scaling without its factor": (
        {ROPE: {"rope_type": "linear"}},
        "`rope_scaling` is of the type linear, but does not give `factor` | it needs factor",
    ),
    "a factor of no scaling": (
        {"rope_parameters": {"rope_theta": 5.0, "factor": 2}},
        "rope_parameters.factor 2 says nothing where the rope_type is default",
    ),
    "a key of no scaling": (
        {ROPE: {"type": "linear", "factor": 2, "mrope_section": [1]}},
        "BW572 `rope_scaling` has no key `mrope_section`",
    ),
    "two types": (
        {ROPE: {"type": "linear", "rope_type": "llama3", "factor": 2}},
        'are two names for one thing, but one is "linear", the other "llama3"',
    ),
    "two spellings": (
        {ROPE: {"type": "linear", "factor": 2}, "rope_parameters": {"rope_theta": 10000}},
        "`rope_scaling` and `rope_parameters` are two spellings of one thing, and say different",
    ),
    "two thetas": (
        {"rope_theta": 10000, "rope_parameters": {"rope_theta": 500000}},
        "rope_theta 10000 is not rope_parameters.rope_theta 500000 | leave one of them out",
    ),
    "a text for an object": ({ROPE: "linear"}, 'must be an object or null, not "linear"'),
    "slow waves that are quick": (
        {ROPE: {"rope_type": "llama3", "factor": 2, "low_freq_factor": 4, "high_freq_factor": 1}},
        "rope_scaling.low_freq_factor 4 must be below rope_scaling.high_freq_factor 1",
    ),
    "more than a head": (
        {"model_type": "glm4_moe", "partial_rotary_factor": 1e308},
        "`partial_rotary_factor` is 1e+308, more than a whole",
    ),
    "a part of a head": (
        {"rope_parameters": {"partial_rotary_factor": 0.5}},
        "`rope_parameters.partial_rotary_factor` is 0.5, but a Llama turns whole heads",
    ),
    "windows without a width": (
        {"model_type": "qwen3", "layer_types": ["sliding_attention", "full_attention"]},
        "`layer_types` names layers that see a window, but use_sliding_window False (the default)",
    ),
    "too few layers told of": (
        {"model_type": "qwen3", "layer_types": ["full_attention"]},
        "`layer_types` tells of 1 layers, but num_hidden_layers 2 says how many there are",
    ),
    "layers of another kind": (
        {"model_type": "qwen3", "layer_types": ["full_attention", "linear_attention"]},
        "`layer_types` says 'linear_attention' of layer 1: boxwork's Qwen3 has no such layers",
    ),
    "a pattern of two kinds": (
        {
            "model_type": "gemma3_text",
            "sliding_window_pattern": 2,
            "layer_types": ["sliding_attention"] * 2,
        },
        "`layer_types` is another pattern than sliding_window_pattern 2 makes",
    ),
    "a pattern that is not read": (
        {"model_type": "gemma3_text", "_sliding_window_pattern": 2},
        "_sliding_window_pattern 2 is not read by transformers, which goes by sliding_",
    ),
    "an activation that is not read": (
        {"model_type": "gemma3_text", "hidden_act": "relu"},
        'hidden_act "relu" is not read by transformers, which goes by hidden_activation gelu_py',
    ),
    "active experts that are not read": (
        {"model_type": "gpt_oss", "experts_per_token": 2},
        "experts_per_token 2 is not read by transformers, which goes by num_experts_per_tok 4",
    ),
    "a ramp between whole pairs or not": (
        {
            "model_type": "gemma3_text",
            ROPE: {"type": "yarn", "factor": 2, "truncate": False},
        },
        "`rope_scaling.truncate` is false, but transformers does not read it there | only true can",
    ),
    "a soft cap": (
        {"model_type": "gemma3_text", "final_logit_softcapping": 30.0},
        "`final_logit_softcapping` is 30.0: boxwork's Gemma 3 has no soft caps | only null can",
    ),
    "too few switches": (
        {"model_type": "smollm3", "no_rope_layers": [1]},
        "`no_rope_layers` tells of 1 layers, but num_hidden_layers 2 says how many there are",
    ),
    "no switches": (
        {"model_type": "smollm3", "no_rope_layers": [1, 2]},
        "`no_rope_layers` must be a list of 0 and 1 or null, but 2 stands in it",
    ),
    "more active experts than there are": (
        {"model_type": "mixtral", "num_local_experts": 4, "num_experts_per_tok": 5},
        "num_experts_per_tok 5 asks for more experts than there are: num_local_experts 4",
    ),
    "dense layers among experts": (
        {"model_type": "qwen3_moe", "mlp_only_layers": [0]},
        "`mlp_only_layers` is a list: every layer of boxwork's Qwen3 with experts has experts",
    ),
    "groups that do not divide": (
        {"model_type": "glm4_moe", "n_routed_experts": 9, "n_group": 2},
        "n_group 2 does not divide n_routed_experts 9",
    ),
    "more open groups than there are": (
        {"model_type": "glm4_moe", "n_routed_experts": 8, "n_group": 2, "topk_group": 3},
        "topk_group 3 is more than there are: n_group 2",
    ),
    "active experts that are not in the open groups": (
        {"model_type": "glm4_moe", "n_routed_experts": 8, "n_group": 4, "num_experts_per_tok": 3},
        "num_experts_per_tok 3 are more than the 2 experts in topk_group 1 (the default)",
    ),
    "weights without a sum": (
        {"model_type": "glm4_moe", "norm_topk_prob": False, "routed_scaling_factor": 2},
        "but are multiplied: routed_scaling_factor 2 | only 1 can be imported",
    ),
    "a share that is odd": (
        {"model_type": "glm4_moe", "head_dim": 6},
        "partial_rotary_factor 0.5 of heads 6 wide is 3",
    ),
    "no slow waves": (
        {"rope_theta": 1, "rope_scaling": {"type": "yarn", "factor": 2}},
        "yarn tells slow waves from quick ones, which a theta of 1 does not make",
    ),
    "a share that is cut off": (
        {"model_type": "glm4_moe", "head_dim": 200, "partial_rotary_factor": 0.57},
        "partial_rotary_factor 0.57 of heads 200 wide is 113.99999999999999",
    ),
    "stretched backwards": (
        {"rope_scaling": {"type": "yarn", "factor": 2, "beta_fast": 1, "beta_slow": 2}},
        "rope_scaling.beta_fast 1 must not be below beta_slow, 2",
    ),
    "dropout": (
        {"model_type": "phi3", "resid_pdrop": 0.1},
        "`resid_pdrop` is 0.1: the specs of this family have no dropout",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_sentence_tells_what_is_wrong(case: str, tmp_path: Path) -> None:
    change, expected = CASES[case]
    said = wrong(tmp_path, LLAMA | change)
    assert len(said) == 1, said
    assert expected in said[0]
    assert not said[0].startswith("0 ")  # it has a place


def test_a_head_that_is_left_out_is_told(tmp_path: Path) -> None:
    config = {"model_type": "bert", "architectures": ["BertForMaskedLM"]}
    assert import_config(written(tmp_path, config)).left_out == "BertForMaskedLM"
    config["architectures"] = ["BertForQuestionAnswering"]
    assert "another class has another head" in wrong(tmp_path, config)[0]


def test_a_family_must_be_named(tmp_path: Path) -> None:
    (said,) = wrong(tmp_path, TINY)
    assert said.startswith("1 BW571 the config has no `model_type`, so its family is not known")
    assert "boxwork imports gpt2, llama" in said


def test_no_family_is_elsewhere_and_here() -> None:
    assert not set(FAMILIES) & set(elsewhere())


TEXTS = {
    "nothing": ("", "BW521"),
    "white space": (" \n", "BW521"),
    "a list": ("[1]", "holds one object, but this file holds a list"),
    "a number": ("5", "holds one object, but this file holds a single value"),
    "a word": ("llama", "expected a value, found llama"),
    "an open object": ('{"model_type": "llama"', "a comma or } is missing"),
    "an open text": ('{"model_type": "llama', "quotes are opened and not closed"),
    "a comma too many": ('{"model_type": "llama",}', "a comma stands before }"),
    "no comma": ('{"a": 1 "b": 2}', "a comma or } is missing"),
    "no colon": ('{"a" 1}', "a colon is missing after the key"),
    "no value": ('{"a": }', "expected a value, found }"),
    "no quotes": ("{a: 1}", "expected a key in double quotes, found a"),
    "single quotes": ("{'a': 1}", "expected a key in double quotes, found '"),
    "a comment": ("{} // end", "more follows after the end of the object"),
    "a number of Python's": ('{"a": 1_000}', "expected a value, found 1"),
    "a zero before": ('{"a": 017}', "expected a value, found 0"),
    "a wrong escape": (r'{"a": "\x"}', "holds an escape that is none"),
    "half a letter": (r'{"a": "\ud800"}', "holds an escape that is none"),
    "a key twice": ('{"a": 1, "a": 2}', "the key `a` is there twice"),
    "YAML": ("model_type: llama", "expected a value, found model_type"),
    "too deep": ("[" * 500, "nested more than 40 levels deep"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_no_json(name: str, tmp_path: Path) -> None:
    text, expected = TEXTS[name]
    (said,) = wrong(tmp_path, text)
    assert expected in said


def test_everything_is_told_at_once(tmp_path: Path) -> None:
    said = wrong(tmp_path, LLAMA | {"a": 1, "vocab_size": "x", "num_key_value_heads": 3, "b": 2})
    assert [line.split()[1] for line in said] == ["BW573", "BW574", "BW572", "BW572"]


def test_much_that_is_wrong_is_told_in_part(tmp_path: Path) -> None:
    said = wrong(tmp_path, LLAMA | {f"key_{k}": k for k in range(500)})
    assert len(said) == 50
    assert said[-1].endswith("450 more things are wrong")


def test_files_that_are_none(tmp_path: Path) -> None:
    large = tmp_path / "model.safetensors"
    large.write_bytes(b" " * 2_000_001)
    for path, expected in (
        (tmp_path / "none.json", "there is no file"),
        (tmp_path, "it is a folder"),
        (large, "too large for a config.json: 2.0 MB"),
    ):
        with pytest.raises(BoxworkError) as found:
            import_config(path)
        assert expected in str(found.value)


def test_no_config_ends_in_a_traceback(tmp_path: Path) -> None:
    """Values of other kinds under every key, a few at a time."""
    rng = random.Random(6)
    values = [None, True, -1, 0, 1, 3, 2.5, 1e30, "x", "", [], [1], ["full_attention"], {},
              {"a": 1}, {"rope_type": "linear", "factor": "x"}, [[]], 7, "silu"]  # fmt: skip
    for family in FAMILIES.values():
        names = [name for key, one in family.keys.items() for name in (key, *one.names)]
        for _ in range(40):
            config = {"model_type": family.name}
            config |= {rng.choice(names): rng.choice(values) for _ in range(rng.randint(1, 6))}
            try:
                import_config(written(tmp_path, config))
            except BoxworkError as error:
                said = str(error)
            else:
                continue
            assert said.startswith("error[BW57")


def test_what_only_a_block_refuses_is_told_of_the_config(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shortest(bases: object, pieces: object) -> None:
        raise SpecError([Diagnostic("BW216", "turns pairs", help="an even width")])

    monkeypatch.setattr("boxwork.importing.imported.shortest", shortest)
    (said,) = wrong(tmp_path, LLAMA)
    assert said == "1 BW575 no spec can be what this config says: turns pairs | an even width"
