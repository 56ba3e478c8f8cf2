"""The models that painctl trains and reads, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from painctl.vitpain.backbones import Preprocess
from painctl.vitpain.interface import PainModel
from painctl.vitpain.model import Architecture, ViTPain, build
from painctl.vitpain.pwct import PwCT, PwctArchitecture, build_pwct
from painctl.vitpain.released import Released, ReleasedArchitecture

KINDS: Final[dict[str, tuple[type, type[PainModel]]]] = {
    "vitpain": (Architecture, ViTPain),
    "pwct": (PwctArchitecture, PwCT),
    "released": (ReleasedArchitecture, Released),
}
MODELS: Final = ("vitpain", "vanilla-vit", "pwct")
# one picture, one number: the baseline that the paper calls a vanilla ViT
_ALONE: Final[dict[str, Any]] = {"reference": False, "binary": (), "action_units": False}


def new(name: str, backbone: str, seed: int, allow_download: bool, parts: Mapping[str, Any]) -> PainModel:
    """An untrained model of `MODELS`. `parts` are ViTPain's: reference, binary, action_units.

    Raises what `model.build` raises.
    """
    if name == "pwct":
        return build_pwct(seed)
    return build(backbone, seed, allow_download, **(_ALONE if name == "vanilla-vit" else parts))


def kind_of(model: PainModel) -> str:
    """The name in `KINDS` of a model's class."""
    return next(name for name, (_, made) in KINDS.items() if type(model) is made)


def rebuilt(kind: str, described: Mapping[str, Any]) -> PainModel:
    """A model by its kind and its architecture as plain values. Raises KeyError for an unknown kind."""
    architecture, made = KINDS[kind]
    rest = dict(described)
    return made(architecture(preprocess=Preprocess(**rest.pop("preprocess")), **rest))
