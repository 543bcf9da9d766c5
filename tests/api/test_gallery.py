"""What the gallery's decoders remember, in bfloat16; what of them runs where experts are chosen."""

import pytest

import boxwork as bw

KIB, GIB = 2**10, 2**30


@pytest.mark.parametrize(("name", "each"), [("gpt2-xl", 300 * KIB), ("llama-3.1-8b", 128 * KIB)])
def test_bytes_for_each_position(name: str, each: int) -> None:
    counted = bw.load(name).count(context=1000)
    assert counted.state == 1000 * each


def test_windows_spare_gemma_most_of_its_memory() -> None:
    counted = bw.load("gemma-3-27b").count(context=128 * 1024)
    assert counted.full.unlimited * counted.itemsize == 62 * GIB
    assert round(counted.state / GIB, 1) == 10.4


def test_mistral_remembers_its_window() -> None:
    graph = bw.load("mistral-7b")
    assert graph.count(context=32768).state == graph.count(context=4096).state == GIB // 2


def test_gpt_oss_computes_with_few_of_its_experts() -> None:
    """As its model card has it (table 1): 5.13 billion, 3.61 billion of the small one."""
    for name, billions in (("gpt-oss-120b", 5.13), ("gpt-oss-20b", 3.61)):
        counted = bw.load(name).count(context=1000)
        assert round(counted.computing / 1e9, 2) == billions
