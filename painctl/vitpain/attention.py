"""Where a model looks: its action-unit queries over the patches of a face."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch

from painctl.images.resize import center_crop
from painctl.vitpain.data import NONE
from painctl.vitpain.interface import PainModel
from painctl.vitpain.model import ViTPain


def unit_attention(model: PainModel, pain: np.ndarray, neutral: Sequence[np.ndarray]) -> np.ndarray | None:
    """How much each unit takes of each of S x S patches, float32 [6, S, S], sum 1 a unit; None without such a head.

    Pictures are uint8 RGB [H, W, 3] the face in the middle, of any size; weights are averaged over the neutral ones.
    The patches cover the central square that the model looks at, `preprocess.crop` of the picture's shorter side.
    """
    if not isinstance(model, ViTPain) or not model.tells_units:
        return None
    size, crop = model.architecture.preprocess.size, model.architecture.preprocess.crop
    references = [center_crop(image, size, crop) for image in neutral] if model.compares else [NONE]
    device, training = next(model.parameters()).device, model.training
    model.eval()
    with torch.inference_mode():
        faces = np.stack([center_crop(pain, size, crop)] * len(references))
        weights = model.attention(*(torch.from_numpy(side).to(device) for side in (faces, np.stack(references))))
    model.train(training)
    side = math.isqrt(weights.shape[-1])
    return weights.mean(0).float().cpu().numpy().reshape(-1, side, side)
