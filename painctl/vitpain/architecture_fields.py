"""The fields of models' configurations: what each may be, so that an edited one is an error that names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from painctl.files.fields import Field, check_fields, flag, listed, number, table, text, whole

LARGEST_PICTURE: Final = 2048  # pixels of a side
_WIDEST = 1_000_000  # of a layer; shapes are compared with the weights before memory is used
_DEEPEST = 1_000  # layers
_PIXELS = whole(1, LARGEST_PICTURE)
_LEVELS = listed(whole(1, 16), 0, 16)
_RATE = number(0, 1)

HYBRID_FIELDS: Final = {  # of the layers above a stem
    "num_hidden_layers": whole(1, _DEEPEST),
    "num_attention_heads": whole(1, 1024),
    "intermediate_size": whole(1, _WIDEST),
}
PREPROCESS: Final = {
    "size": _PIXELS,
    "mean": listed(_RATE, 3, 3),
    "std": listed(number(1e-6, 1e6), 3, 3),
    "crop": number(0.01, 1),
    "down": number(-1, 1),
    "straighten": flag(),
    "standardise": flag(),
}
PREPROCESSOR: Final = {  # of preprocessor_config.json in a backbone's folder
    "size": table().optional(),
    "image_mean": PREPROCESS["mean"].optional(),
    "image_std": PREPROCESS["std"].optional(),
}
PREPROCESSOR_SIZE: Final = {"height": _PIXELS.optional(), "shortest_edge": _PIXELS.optional()}


def backbone_fields(layers: int) -> dict[str, Field]:
    """Those of a DINOv3 configuration that shape the model, with at most `layers` layers."""
    wide, share = whole(1, _WIDEST), number(0, 1e6)
    fields = {
        "patch_size": _PIXELS,
        "hidden_size": wide,
        "intermediate_size": wide,
        "num_hidden_layers": whole(1, min(layers, _DEEPEST)),
        "num_attention_heads": wide,
        "hidden_act": text(40),
        "attention_dropout": _RATE,
        "initializer_range": share,
        "layer_norm_eps": number(0, 1),
        "rope_theta": number(1e-6, 1e12),
        "image_size": _PIXELS,
        "num_channels": wide,
        **dict.fromkeys(("query_bias", "key_bias", "value_bias", "proj_bias", "mlp_bias", "use_gated_mlp"), flag()),
        "layerscale_value": number(-1e6, 1e6),
        "drop_path_rate": _RATE,
        "num_register_tokens": whole(0, _WIDEST),
    }
    # models are built without these
    jitter = dict.fromkeys(("pos_embed_shift", "pos_embed_jitter", "pos_embed_rescale"), share.or_null())
    return {name: field.optional() for name, field in fields.items()} | jitter


def check_architecture(kind: Any, architecture: Any, tensors: int, name: str) -> None:
    """Raise ValueError, which names the file `name` and a field, for an architecture that no such model has.

    `tensors` is the number of arrays in the model's file, which no number of layers can exceed.
    """
    wide = whole(1, _WIDEST)
    kinds: Mapping[str, Mapping[str, Field]] = {
        "vitpain": {
            "backbone": table(),
            "adapters": flag(),
            "attention_heads": wide.optional(),
            "head_sizes": listed(wide, 1, min(tensors, _DEEPEST)).optional(),
            "dropout": _RATE.optional(),
            "rank": wide.optional(),
            "alpha": wide.optional(),
            "reference": flag().optional(),
            "binary": _LEVELS.optional(),
            "action_units": flag().optional(),
            "spread": flag().optional(),
            "stem": listed(whole(8, 4096), 0, 6).optional(),
        },
        "pwct": {"features": wide.optional(), "dropout": _RATE.optional()},
        "released": {
            "width": wide,
            "depth": whole(1, min(tensors, _DEEPEST)),
            "registers": whole(0, _WIDEST).optional(),
            "reference": flag().optional(),
            "binary": _LEVELS.optional(),
            "rank": wide.optional(),
            "alpha": wide.optional(),
            "patch": _PIXELS.optional(),
        },
    }
    if not isinstance(kind, str) or kind not in kinds:
        raise ValueError(f"{name}: kind is {kind!r:.60}, expected one of {', '.join(kinds)}")
    check_fields(architecture, {"preprocess": table(), **kinds[kind]}, f"{name}: architecture")
    optional = {field: what.optional() for field, what in PREPROCESS.items()}
    check_fields(architecture["preprocess"], optional, f"{name}: architecture: preprocess")
    if kind == "vitpain":
        place = f"{name}: architecture: backbone"
        fields = HYBRID_FIELDS if architecture.get("stem") else backbone_fields(tensors)
        check_fields(architecture["backbone"], fields, place, others=True)


def of_backbone(values: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of a DINOv3 configuration that shape the model; the others are about training and files."""
    return {name: values[name] for name in backbone_fields(0) if name in values}
