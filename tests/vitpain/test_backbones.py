import numpy as np
import pytest
import torch

from painctl.vitpain.backbones import whitened_cosines
from painctl.vitpain.model import build


def test_the_compact_model_is_small_and_trained_whole():
    model = build()
    assert not model.architecture.adapters
    assert sum(parameter.numel() for parameter in model.parameters()) < 3e6


def test_whitened_cosines_are_orthogonal_and_scaled_by_frequency():
    filters = whitened_cosines(16, 32).reshape(32, -1).astype(float)
    gram = filters @ filters.T
    assert np.abs(gram - np.diag(np.diag(gram))).max() < 1e-6
    frequency = np.array([0.5, 1, 1, np.sqrt(2), 2, 2])
    assert np.sqrt(np.diag(gram))[:6] == pytest.approx(frequency / 8, rel=1e-6)
    assert np.ptp(filters[0]) < 1e-9  # the mean of a patch
    luma = filters[:24].reshape(24, 3, 16, 16)
    assert np.abs(luma - luma[:, :1]).max() < 1e-9


def test_the_compact_model_starts_from_whitened_cosines():
    weight = build().backbone.embeddings.patch_embeddings.weight
    assert torch.equal(weight, torch.from_numpy(whitened_cosines(16, 32)))
