"""How positions turn: ``rope_theta``, ``rope_scaling`` and ``rope_parameters`` of a config."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from boxwork.importing.config import Config
from boxwork.importing.family import Value
from boxwork.importing.keys import Key, described, flag, number, size, table, word
from boxwork.specs import marked

# What each way of scaling needs, beside rope_theta; * may be left out.
TYPES = {
    "default": (),
    "linear": ("factor",),
    "yarn": (
        "*factor",
        "*original_max_position_embeddings",
        "*beta_fast",
        "*beta_slow",
        "*truncate",
        "*attention_factor",
        "*mscale",
        "*mscale_all_dim",
    ),
    "llama3": (
        "factor",
        "low_freq_factor",
        "high_freq_factor",
        "*original_max_position_embeddings",
    ),
}
KEYS: Mapping[str, Key] = {
    "rope_type": word("default", "scaling of the rotary positions").called("type"),
    "rope_theta": number(None, "theta of the rotary positions"),
    "partial_rotary_factor": number(None, "share of the rotary positions"),
    "factor": number(None, "factor of the rotary positions", null=True),
    "low_freq_factor": number(None, "low of the rotary positions"),
    "high_freq_factor": number(None, "high of the rotary positions"),
    "original_max_position_embeddings": size(None, "original of the rotary positions"),
    "beta_fast": number(None, "beta_fast of the rotary positions", null=True),
    "beta_slow": number(None, "beta_slow of the rotary positions", null=True),
    "truncate": flag(True, "truncate of the rotary positions"),
    "attention_factor": number(None, "attention_factor of the rotary positions", null=True),
    "mscale": number(None, "attention_factor of the rotary positions", null=True, zero=True),
    "mscale_all_dim": number(
        None, "attention_factor of the rotary positions", null=True, zero=True
    ),
}
CONTEXT = "max_position_embeddings"
PLACE = "theta and scaling of the rotary positions"


def rope_keys(**others: Key) -> dict[str, Key]:
    """The keys of a config that tell of rotary positions."""
    return {
        "rope_theta": number(None, PLACE),
        "rope_scaling": table(PLACE),
        "rope_parameters": table(PLACE),
        **others,
    }


@dataclass(frozen=True, slots=True)
class Rope:
    """What a family knows of rotary positions.

    ``theta`` is the default, ``types`` are those that its models compute, ``share`` whether a
    part of a head may stay unturned.
    """

    theta: float
    types: tuple[str, ...] = ("default", "linear", "llama3", "yarn")
    share: bool = False


def rotary(config: Config, rope: Rope) -> Value:
    """The preset of a config's rotary positions."""
    return preset(config, inside(config, *written(config)), rope, "rope_theta")


def shared(rotary: Value) -> float:
    """The share of a head that a preset turns."""
    given = rotary["with"] if isinstance(rotary, dict) else None
    share = given.get("share", 1.0) if isinstance(given, dict) else 1.0
    return share if isinstance(share, float) else 1.0


def written(config: Config) -> tuple[marked.Mapping | None, str]:
    """The object that counts, and its name: that of either spelling."""
    old, new = config["rope_scaling"], config["rope_parameters"]
    if old is not None and new is not None and _told(old) != _told(new):
        config.contradiction(
            "`rope_scaling` and `rope_parameters` are two spellings of one thing, and say "
            "different things",
            "rope_scaling",
            help="leave one of them out",
        )
    if old is not None and old.items:
        return old, "rope_scaling"
    return new, "rope_parameters"


def _told(tree: marked.Mapping) -> set[tuple[str, str]]:
    return {("type" if k.text == "rope_type" else k.text, described(v)) for k, v in tree.items}


def inside(config: Config, tree: marked.Mapping | None, name: str) -> Config:
    """The object with its own keys; an empty one where there is none."""
    if tree is None:
        tree = marked.Mapping((), config.span())
    return config.within(tree, KEYS, name)


def preset(config: Config, inner: Config, rope: Rope, outer: str) -> Value:
    """One ``RotaryEncoding``; ``outer`` is the key of the config that may give its theta."""
    found: dict[str, Value] = {"theta": _theta(config, inner, rope, outer)}
    share = _share(config, inner, rope)
    if share != 1:
        found["share"] = share
    kind = inner["rope_type"]
    if kind not in rope.types or kind not in TYPES:
        inner.refuse(
            f"`{inner.path('rope_type')}` is {kind!r}, a scaling of rotary positions that "
            f"a {config.family} of boxwork does not have",
            "rope_type",
            help=f"known: {', '.join(t for t in rope.types if t in TYPES)}",
        )
        return {"use": "RotaryEncoding", "with": found}
    _complete(inner, kind)
    theta = found["theta"]
    if kind == "yarn" and isinstance(theta, float) and theta <= 1:
        message = f"yarn tells slow waves from quick ones, which a theta of {theta:g} does not make"
        holder = inner if "rope_theta" in inner else config
        holder.contradiction(message, "rope_theta", outer, help="give a theta above 1, as 10000")
    if kind != "default":
        found |= _scaling(config, inner, kind)
    return {"use": "RotaryEncoding", "with": found}


def _theta(config: Config, inner: Config, rope: Rope, outer: str) -> float:
    given = config[outer]
    own = inner["rope_theta"]
    if own is not None and given is not None and own != given:
        config.contradiction(
            f"{config.told(outer)} is not {inner.told('rope_theta')}", outer,
            help="leave one of them out",
        )  # fmt: skip
    return float(own or given or rope.theta)


def _share(config: Config, inner: Config, rope: Rope) -> float:
    """How much of a head is turned; a family in which all of it is has no key for it outside."""
    name = "partial_rotary_factor"
    holder = inner if name in inner or not rope.share else config
    share = float(holder[name] or 1.0)
    if share > 1 or (share != 1 and not rope.share):
        why = "more than a whole" if share > 1 else f"but a {config.family} turns whole heads"
        holder.refuse(f"`{holder.path(name)}` is {share:g}, {why}", name)
    return min(share, 1.0)


def _complete(inner: Config, kind: str) -> None:
    """What the scaling needs is there, and nothing else is."""
    needed = [name for name in TYPES[kind] if not name.startswith("*")]
    for name in needed:
        if inner[name] is None and inner.sound(name):
            message = f"`{inner.of}` is of the type {kind}, but does not give `{name}`"
            inner.contradiction(message, "rope_type", help=f"it needs {', '.join(needed)}")
    known = {"rope_type", "rope_theta", "partial_rotary_factor"}
    known |= {name.removeprefix("*") for name in TYPES[kind]}
    for name in KEYS:
        if name in inner and name not in known and inner[name] is not None:
            inner.contradiction(
                f"{inner.told(name)} says nothing where the rope_type is {kind}", name,
                help="give the rope_type that it belongs to, or leave it out",
            )  # fmt: skip


def _scaling(config: Config, inner: Config, kind: str) -> dict[str, Value]:
    """The settings of a scaling, all of them."""
    factor, original = inner["factor"], inner["original_max_position_embeddings"]
    original = original or config[CONTEXT]
    if kind == "linear":
        return {"scaling": kind, "factor": factor}
    if kind == "yarn":
        return yarn(inner, factor or config[CONTEXT] / original, original)
    low, high = inner["low_freq_factor"], inner["high_freq_factor"]
    if low is not None and high is not None and low >= high:
        inner.contradiction(
            f"{inner.told('low_freq_factor')} must be below {inner.told('high_freq_factor')}",
            "low_freq_factor",
        )
    return {"scaling": kind, "factor": factor, "low": low, "high": high, "original": original}


def yarn(inner: Config, factor: float, original: int) -> dict[str, Value]:
    """YaRN; what is turned is made longer by the square root of what the scores should be."""
    fast, slow = inner["beta_fast"] or 32.0, inner["beta_slow"] or 1.0
    if fast < slow:
        inner.contradiction(
            f"{inner.told('beta_fast')} must not be below beta_slow, {slow:g}",
            "beta_fast",
            "beta_slow",
        )
    longer, part, whole = (inner[n] for n in ("attention_factor", "mscale", "mscale_all_dim"))
    if longer is None and part and whole:
        longer = stretched(factor, part) / stretched(factor, whole)
    elif longer is None and factor <= 1:
        longer = 1.0
    found: dict[str, Value] = {"scaling": "yarn", "factor": factor, "original": original}
    found |= {"beta_fast": fast, "beta_slow": slow, "truncate": inner["truncate"]}
    defaults = {"beta_fast": 32.0, "beta_slow": 1.0, "truncate": True}
    found = {name: value for name, value in found.items() if defaults.get(name) != value}
    return found if longer is None else found | {"attention_factor": longer}


def stretched(factor: float, by: float) -> float:
    """How much longer YaRN makes what is turned, for a context so many times as long."""
    return 0.1 * by * math.log(factor) + 1 if factor > 1 else 1.0
