"""Did you mean …: the known word that a misspelt one is closest to."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from operator import eq

MAX_WORD = 60
MAX_KNOWN = 2000
MAX_LISTED = 8

# What other programs and papers call the same thing; all in squashed spelling.
_SAME = (
    ("heads", "nheads", "nhead", "numheads", "numattentionheads", "nhs"),
    ("kvheads", "nkvheads", "numkvheads", "numkeyvalueheads", "groups"),
    ("layers", "nlayers", "nlayer", "numlayers", "numhiddenlayers", "depth", "blocks"),
    ("dmodel", "dim", "width", "hiddensize", "nembd", "embeddim", "embedding"),
    ("dff", "hidden", "ffndim", "intermediatesize", "dimfeedforward", "nff", "inner"),
    ("headdim", "dhead", "dk", "headsize"),
    ("vocab", "vocabsize", "nvocab", "vocabulary"),
    ("context", "contextlength", "nctx", "maxseqlen", "maxpositionembeddings", "blocksize"),
    ("seq", "seqlen", "sequence", "length", "t"),
    ("rate", "p", "dropout", "dropoutrate", "prob"),
    ("eps", "epsilon", "normeps", "layernormeps", "rmsnormeps"),
    ("base", "theta", "ropetheta", "ropebase"),
    ("use", "type", "block", "class", "kind", "op"),
    ("with", "settings", "args", "params", "config", "options"),
    ("in", "input", "from", "inputs"),
    ("about", "description", "doc", "title", "comment"),
    ("require", "requires", "requirements", "assert", "constraints"),
    ("extends", "base", "inherits", "parent", "extend"),
    ("interpret", "interpretation", "decode"),
    ("repeat", "times", "n", "copies"),
    ("nodes", "graph", "layers", "modules"),
    ("layernorm", "ln", "layernormalization", "norm"),
    ("rmsnorm", "rms", "rmsnormalization"),
    ("linear", "dense", "fullyconnected", "fc", "affine", "proj", "projection"),
    ("embedding", "embed", "wte", "lookup", "tokenembedding"),
    ("positionalembedding", "wpe", "learnedpositions", "positionembedding"),
    ("rotaryencoding", "rope", "rotary", "rotaryembedding", "rotarypositionalembedding"),
    ("sinusoidalencoding", "sinusoidal", "positionalencoding"),
    ("multiheadattention", "attention", "mha", "selfattention", "crossattention"),
    ("dotproductattention", "sdpa", "scaleddotproductattention", "attention"),
    ("feedforward", "mlp", "ffn", "ff"),
    ("gatedfeedforward", "swiglu", "glu", "gatedmlp", "geglu"),
    ("choosetop", "topk", "router", "topkrouter", "gating"),
    ("mixtureofexperts", "moe", "sparsemoe", "experts", "switch"),
    ("silu", "swish", "quickgelu"),
    ("clamp", "clip", "bound"),
    ("shift", "offset", "addconstant"),
    ("logistic", "sigmoid"),
    ("add", "sum", "residual", "plus"),
    ("multiply", "mul", "times", "product", "hadamard"),
    ("concat", "concatenate", "cat", "join"),
    ("split", "chunk", "slice"),
    ("meanpool", "mean", "averagepool", "avgpool", "pool"),
    ("encoderlayer", "transformerencoderlayer", "encoderblock"),
    ("decoderlayer", "transformerdecoderlayer", "decoderblock"),
)


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant, or None if none is near."""
    words = _words(word, known)
    squashed = _squash(word)
    by_form: dict[str, str] = {}
    for candidate in words:
        by_form.setdefault(_squash(candidate), candidate)
    if squashed in by_form:  # nHeads, N_HEADS, n-heads
        return by_form[squashed]
    for group in _SAME:
        if squashed in group and (found := next((by_form[w] for w in group if w in by_form), "")):
            return found
    if near := difflib.get_close_matches(word, words, 1, 0.7):
        return near[0]
    if near := difflib.get_close_matches(squashed, by_form, 1, 0.7):
        return by_form[near[0]]
    if len(squashed) > 2 and (turned := [w for w in by_form if sorted(w) == sorted(squashed)]):
        return by_form[turned[0]]  # gtp: too short for the measure above
    if len(squashed) > 2 and (longer := [w for w in by_form if w.startswith(squashed)]):
        return by_form[min(longer, key=len)]
    short = [w for w in by_form if len(w) == len(squashed) == 3]  # usa: one letter is another
    return next((by_form[w] for w in short if sum(map(eq, w, squashed)) == 2), None)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A help line: ``did you mean `heads`?``, or what is known if that is short."""
    words = _words(word, known)
    if (found := closest(word, words)) is not None:
        return f"did you mean `{found}`?"
    if not words or len(words) > MAX_LISTED:
        return ""
    return f"known: {', '.join(f'`{shorten(w)}`' for w in words)}"


def shorten(text: str, limit: int = MAX_WORD) -> str:
    """A text made fit for a message: one line, and cut if it is long."""
    text = " ".join(text[: 4 * limit].split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _words(word: str, known: Iterable[str]) -> list[str]:
    """The known words that are compared with it; a wild word is compared with none."""
    words = [w for w in dict.fromkeys(known) if w and w != word]
    return words[:MAX_KNOWN] if len(word) <= MAX_WORD else []


def _squash(word: str) -> str:
    return re.sub(r"[\W_]+", "", word).lower()
