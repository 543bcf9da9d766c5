"""What families with experts have in common: which ones are chosen, and what changes nothing."""

from __future__ import annotations

from collections.abc import Mapping

from boxwork.importing.config import Config
from boxwork.importing.family import Pieces
from boxwork.importing.keys import Key

# Keys about training a router.
IRRELEVANT: Mapping[str, str] = {
    "router_aux_loss_coef": "how training spreads the tokens over the experts",
    "aux_loss_alpha": "how training spreads the tokens over the experts",
    "seq_aux": "how training spreads the tokens over the experts",
    "router_z_loss_coef": "how training keeps the scores of experts small",
    "output_router_logits": "what a call hands back besides",
}
MORE = "the further layers that predict further tokens are left out, as transformers does"


def chosen(config: Config, experts: str, active: str) -> None:
    """Report more active experts than there are."""
    if config.sound(experts, active) and config[active] > config[experts]:
        config.contradiction(
            f"{config.told(active)} asks for more experts than there are: {config.told(experts)}",
            active,
            experts,
        )


def grouped(config: Config, keys: Mapping[str, Key]) -> Pieces:
    """The sum of the weights, and what groups of experts require."""
    experts, active, groups, some = (
        name
        for dim in ("experts", "active", "groups", "active_groups")
        for name, key in keys.items()
        if key.to == f"dims.{dim}"
    )
    chosen(config, experts, active)
    if config.sound(experts, groups) and config[experts] % config[groups]:
        message = f"{config.told(groups)} does not divide {config.told(experts)}"
        config.contradiction(message, groups, experts)
    elif config.sound(groups, some) and config[some] > config[groups]:
        message = f"{config.told(some)} is more than there are: {config.told(groups)}"
        config.contradiction(message, some, groups)
    elif config.sound(experts, active, groups, some) and config[active] <= config[experts]:
        held = config[some] * config[experts] // config[groups]
        if config[active] > held:
            config.contradiction(
                f"{config.told(active)} are more than the {held} experts in {config.told(some)}",
                active,
                some,
            )
    return summed(config)


def summed(config: Config) -> Pieces:
    """What the weights of the chosen experts add up to, or that they are left as they are."""
    factor = config["routed_scaling_factor"]
    if config["norm_topk_prob"]:
        return {("settings", "routed_sum"): factor}
    if factor != 1:
        config.refuse(
            f"the weights of the experts have no sum of their own (norm_topk_prob is false), but "
            f"are multiplied: {config.told('routed_scaling_factor')}",
            "routed_scaling_factor",
            "norm_topk_prob",
            help="only 1 can be imported",
        )
    return {("settings", "routed_sum"): None}
