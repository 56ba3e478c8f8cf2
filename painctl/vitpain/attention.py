"""Attention maps: how a model's action-unit queries weight the patches of a face."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch

from painctl.vitpain.inference import fitted_references
from painctl.vitpain.interface import PainModel
from painctl.vitpain.model import ViTPain


def action_unit_attention(model: PainModel, pain: np.ndarray, neutral: Sequence[np.ndarray]) -> np.ndarray | None:
    """The attention of each unit over S x S patches, float32 [6, S, S], summing to 1; None without that head.

    Pictures are uint8 RGB [H, W, 3] of any size, with the face in the middle; weights are averaged over the neutral
    ones. The patches cover the model's input, the central square of `preprocess.crop` times the shorter side.
    """
    if not isinstance(model, ViTPain) or not model.has_action_units:
        return None
    references = fitted_references(model, neutral)
    device, training = next(model.parameters()).device, model.training
    model.eval()
    with torch.inference_mode():
        faces = np.stack([model.architecture.preprocess.fit(pain)] * len(references))
        weights = model.attention(*(torch.from_numpy(batch).to(device) for batch in (faces, np.stack(references))))
    model.train(training)
    side = math.isqrt(weights.shape[-1])
    return weights.mean(0).float().cpu().numpy().reshape(-1, side, side)
