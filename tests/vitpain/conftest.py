"""Drawn faces, and models small as a test."""

import pytest
from made_faces import SIZE, DrawnFaces, tiny_config

from painctl.runs.seeding import seeded
from painctl.vitpain.backbones import Preprocess
from painctl.vitpain.model import Architecture, ViTPain


@pytest.fixture
def drawn_faces():
    return DrawnFaces


@pytest.fixture
def backbone_config():
    return tiny_config


@pytest.fixture
def tiny():
    """Builds a tiny ViTPain, with or without adapters."""

    def build(adapters=False, seed=0, **changes):
        with seeded(seed, "weights"):
            backbone = tiny_config().to_dict()
            defaults = {"attention_heads": 4, "head_sizes": (16,), "dropout": 0.1}
            return ViTPain(Architecture(backbone, Preprocess(SIZE), adapters, **{**defaults, **changes}))

    return build


@pytest.fixture
def pictures():
    """Two batches of random pictures, uint8 tensors [3, SIZE, SIZE, 3]."""
    import torch

    generator = torch.Generator().manual_seed(0)
    return [torch.randint(0, 256, (3, SIZE, SIZE, 3), dtype=torch.uint8, generator=generator) for _ in range(2)]
