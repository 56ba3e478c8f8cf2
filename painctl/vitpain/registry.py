"""The models that painctl trains and loads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from painctl.vitpain.backbones import Preprocess
from painctl.vitpain.interface import PainModel
from painctl.vitpain.model import Architecture, ViTPain, build
from painctl.vitpain.pwct import PwCT, PwctArchitecture, build_pwct
from painctl.vitpain.released import Released, ReleasedArchitecture

KINDS: Final[dict[str, tuple[type, type[PainModel]]]] = {  # by the `kind` in config.json
    "vitpain": (Architecture, ViTPain),
    "pwct": (PwctArchitecture, PwCT),
    "released": (ReleasedArchitecture, Released),
}
MODELS: Final = ("vitpain", "vanilla-vit", "pwct")  # that can be trained from scratch
# one picture in, PSPI out: the baseline that the paper calls a vanilla ViT
_VANILLA_VIT: Final[dict[str, Any]] = {"reference": False, "binary": (), "action_units": False}


def build_model(name: str, backbone: str, seed: int, allow_download: bool, parts: Mapping[str, Any]) -> PainModel:
    """An untrained model of `MODELS`. `parts` are ViTPain's: reference, binary, action_units.

    Raises as `model.build` does.
    """
    if name == "pwct":
        return build_pwct(seed)
    return build(backbone, seed, allow_download, **(_VANILLA_VIT if name == "vanilla-vit" else parts))


def kind_of(model: PainModel) -> str:
    """The key in `KINDS` of a model's class."""
    return next(kind for kind, (_, model_class) in KINDS.items() if type(model) is model_class)


def rebuild(kind: str, architecture: Mapping[str, Any]) -> PainModel:
    """A model of a kind, from its architecture as plain values, see `architecture_fields.check_architecture`."""
    architecture_class, model_class = KINDS[kind]
    fields = dict(architecture)
    return model_class(architecture_class(preprocess=Preprocess(**fields.pop("preprocess")), **fields))
