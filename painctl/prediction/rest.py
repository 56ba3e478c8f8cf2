"""Whether a neutral picture looks neutral: its own PSPI, estimated alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from painctl.prediction.faces import Reference
from painctl.vitpain.checkpoints import Checkpoint
from painctl.vitpain.inference import fitted_references, predict_pairs

LIMIT: Final = 4.0  # PSPI; see tests/benchmarks/rest.py


def estimates_rest(checkpoint: Checkpoint) -> bool:
    """Whether a model that compares faces also estimates a face alone."""
    return checkpoint.model.uses_reference and not checkpoint.needs_reference


def rest_scores(checkpoint: Checkpoint, neutrals: Sequence[Reference]) -> np.ndarray | None:
    """The PSPI of neutral faces, each estimated alone: float32 [N].

    None without faces, or for a model that compares faces and never trained without a reference.
    """
    model = checkpoint.model
    if not neutrals or not estimates_rest(checkpoint):
        return None
    (blank,) = fitted_references(model, ())
    return predict_pairs(model, [[(model.architecture.preprocess.fit(face.picture), blank)] for face in neutrals]).pspi
