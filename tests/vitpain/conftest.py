"""Drawn faces and small models."""

import pytest
import torch
from made_faces import SIZE, DrawnFaces, tiny_config
from made_released import random_state

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
def tiny_hybrid():
    """Builds a tiny ViTPain on a hybrid backbone."""

    def build(seed=0, **changes):
        with seeded(seed, "weights"):
            stem, backbone = (8, 16), {"num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 32}
            preprocess = Preprocess(SIZE, standardise=True)
            defaults = {"attention_heads": 4, "head_sizes": (16,), "spread": True}
            return ViTPain(Architecture(backbone, preprocess, False, stem=stem, **{**defaults, **changes}))

    return build


@pytest.fixture
def pictures():
    """Two batches of random pictures, uint8 tensors [3, SIZE, SIZE, 3]."""
    generator = torch.Generator().manual_seed(0)
    return [torch.randint(0, 256, (3, SIZE, SIZE, 3), dtype=torch.uint8, generator=generator) for _ in range(2)]


@pytest.fixture
def released_checkpoint(tmp_path):
    """Writes a released checkpoint as Lightning does, with metrics and optimizer beside the weights."""

    def write(name="best.ckpt", state=None, **entries):
        state = random_state() if state is None else state
        checkpoint = {
            "state_dict": {**state, "val_metric.total": torch.zeros(1)},
            "hyper_parameters": {"lora_alpha": 16, "model_name": "timm/vit_large_patch16_dinov3.sat493m"},
            "epoch": 12,
            "pytorch-lightning_version": "2.5.0",
            "optimizer_states": [{"state": {0: {"step": torch.tensor(3.0)}}, "param_groups": [{"lr": 1e-4}]}],
            **entries,
        }
        torch.save(checkpoint, tmp_path / name)
        return tmp_path / name

    return write
