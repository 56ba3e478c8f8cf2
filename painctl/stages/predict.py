"""predict: what a model says of a person's pictures, beside the same person's neutral ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from painctl.dataset.sheet import thumbnail
from painctl.render.encode import encode_png
from painctl.shard.schema import ACTION_UNITS
from painctl.vitpain.checkpoints import load
from painctl.vitpain.data import decode
from painctl.vitpain.inference import Prediction, predict

_TILE = 256
_PAPER, _INK, _BAR = 24, (235, 235, 235), (230, 110, 60)


def predicted(model: Path, pain: Sequence[Path], neutral: Sequence[Path]) -> list[Prediction]:
    """One prediction a picture, each averaged over the neutral ones. Raises ValueError that names an unreadable one."""
    pictures = [read_picture(path) for path in pain]
    references = [read_picture(path) for path in neutral]
    return predict(load(model).model, pictures, references)


def read_picture(path: Path) -> np.ndarray:
    """A picture file as uint8 RGB [H, W, 3]. Raises ValueError if it is none, OSError if it cannot be read."""
    return decode(path.read_bytes(), str(path))


def as_record(path: Path, said: Prediction) -> dict[str, Any]:
    """A prediction as plain values, for JSON; a head that the model does not have is left out."""
    heads = {"probability" if level == 1 else f"probability>={level}": p for level, p in said.probability.items()}
    units = {} if said.aus is None else dict(zip(ACTION_UNITS, said.aus.tolist(), strict=True))
    return {
        "image": str(path),
        "pspi": round(said.pspi, 3),
        **{name: round(value, 4) for name, value in heads.items()},
        **{name: round(value, 3) for name, value in units.items()},
    }


def write_picture(target: Path, pain: Path, neutral: Path, said: Prediction) -> None:
    """A PNG of the face, its neutral, and bars for PSPI and the action units: complete or absent."""
    bars = np.full((_TILE, _TILE, 3), _PAPER, np.uint8)
    highest = {"PSPI": 16, **dict.fromkeys(ACTION_UNITS, 5), "AU43": 1}
    values = {"PSPI": said.pspi}
    if said.aus is not None:
        values |= dict(zip(ACTION_UNITS, said.aus.tolist(), strict=True))
    for line, (name, value) in enumerate(values.items()):
        top = 16 + 32 * line
        width = int(120 * min(1.0, float(value) / highest[name]))
        cv2.rectangle(bars, (70, top), (70 + width, top + 14), _BAR, -1)
        for text, x in ((name, 8), (f"{value:.1f}", 200)):
            cv2.putText(bars, text, (x, top + 12), cv2.FONT_HERSHEY_SIMPLEX, 0.45, _INK, 1, cv2.LINE_AA)
    panels = [*(_square(read_picture(path)) for path in (pain, neutral)), bars]
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_bytes(encode_png(np.hstack(panels)))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _square(picture: np.ndarray) -> np.ndarray:
    tile = np.full((_TILE, _TILE, 3), _PAPER, np.uint8)
    small = thumbnail(picture, _TILE)
    tile[: small.shape[0], : small.shape[1]] = small
    return tile
