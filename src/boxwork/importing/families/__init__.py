"""The families whose configs can be imported, one to a module."""

from __future__ import annotations

from collections.abc import Mapping

from boxwork.importing.families.bert import BERT
from boxwork.importing.families.deepseek_v3 import DEEPSEEK, KIMI
from boxwork.importing.families.gemma3 import GEMMA3
from boxwork.importing.families.glm4_moe import GLM4_MOE
from boxwork.importing.families.gpt2 import GPT2
from boxwork.importing.families.gpt_oss import GPT_OSS
from boxwork.importing.families.llama import LLAMA
from boxwork.importing.families.mistral import MISTRAL
from boxwork.importing.families.mixtral import MIXTRAL
from boxwork.importing.families.olmo2 import OLMO2
from boxwork.importing.families.phi3 import PHI3
from boxwork.importing.families.qwen3 import QWEN3
from boxwork.importing.families.qwen3_moe import QWEN3_MOE
from boxwork.importing.families.smollm3 import SMOLLM3
from boxwork.importing.families.t5 import T5
from boxwork.importing.families.vit import VIT
from boxwork.importing.families.whisper import WHISPER
from boxwork.importing.family import Family

FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (
        GPT2,
        LLAMA,
        MISTRAL,
        QWEN3,
        OLMO2,
        PHI3,
        GEMMA3,
        SMOLLM3,
        MIXTRAL,
        QWEN3_MOE,
        GPT_OSS,
        GLM4_MOE,
        DEEPSEEK,
        KIMI,
        BERT,
        T5,
        WHISPER,
        VIT,
    )
}
