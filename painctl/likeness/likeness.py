"""Compares faces with the encoder that comes with painctl."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from painctl.likeness.network import FaceEncoder

FILE: Final = Path(str(files("painctl.likeness"))) / "encoder.safetensors"


@cache
def shipped_encoder() -> FaceEncoder:
    """The face encoder that comes with painctl, read once. Raises as `NetworkFile.read`."""
    from painctl.likeness.weights import ENCODER_FILE

    return ENCODER_FILE.read(FILE)


def face_vector(image: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """The vector of a face, float32 [D], length 1, in a picture [H, W, 3]; its `frame` is as of `framing.frame_of`."""
    import torch

    from painctl.aligner.network import grey_levels
    from painctl.likeness.samples import window_of

    encoder = shipped_encoder()
    window = window_of(image, frame, encoder.architecture.size)
    with torch.inference_mode():
        vector: np.ndarray = encoder(grey_levels(torch.from_numpy(window)[None]))[0].numpy()
    return vector


def likeness(vector: np.ndarray, others: Iterable[np.ndarray]) -> float | None:
    """How similar a face is to the least similar of others, -1..1, from their vectors [D]; None without others."""
    return min((float(vector @ other) for other in others), default=None)
