import numpy as np
import pytest
import torch
from made_heads import remeshed_head

from painctl.rig.neural import training
from painctl.rig.neural.clean_mesh import CleanMesh
from painctl.rig.neural.source_rig import SourceRig, people
from painctl.rig.neural.training_heads import TrainingHead
from painctl.rig.neural.weights import read, shipped


@pytest.fixture(scope="session")
def weights():
    """The bundled weights."""
    return read(shipped())


@pytest.fixture(scope="session")
def held_out(head):
    """Neutral heads of people of a seed that is not used in training."""
    return list(people(head, 4, 1000))


@pytest.fixture(scope="session")
def source(head):
    return SourceRig.of(head, 0, shapes=140)


@pytest.fixture(scope="session")
def coarse(head):
    """A coarse triangulation of the open head."""
    return remeshed_head(head, 2000, 93)


@pytest.fixture(scope="session")
def training_head(source, held_out, coarse):
    return TrainingHead(source, held_out[0], coarse)


@pytest.fixture(scope="session")
def sheet():
    """A bumpy sheet with a slit, and a ball beside it: (vertices, faces), 400 + 162 vertices."""
    side = 20
    x, y = np.meshgrid(np.linspace(0, 1, side), np.linspace(0, 1, side), indexing="ij")
    vertices = np.stack([x, y, 0.1 * np.sin(5 * x) * np.cos(3 * y)], -1).reshape(-1, 3)
    index = np.arange(side * side).reshape(side, side)
    a, b, c, d = (index[i : side - 1 + i, j : side - 1 + j] for i, j in ((0, 0), (1, 0), (1, 1), (0, 1)))
    faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    slit = np.abs(vertices[faces].mean(1) - (0.5, 0.5, 0))[:, :2]
    faces = faces[~((slit[:, 0] < 0.1) & (slit[:, 1] < 0.04))]
    ball, shell = _ball()
    return np.concatenate([vertices, 0.1 * ball + (0.5, 0.5, 0.5)]), np.concatenate([faces, shell + side * side])


def _ball():
    around, rings = 16, 10
    polar, angle = np.pi * np.arange(1, rings + 1) / (rings + 1), 2 * np.pi * np.arange(around) / around
    ring = np.stack(
        [
            np.outer(np.sin(polar), np.cos(angle)),
            np.outer(np.sin(polar), np.sin(angle)),
            np.repeat(np.cos(polar), around).reshape(rings, -1),
        ],
        -1,
    ).reshape(-1, 3)
    index = 1 + np.arange(rings * around).reshape(rings, around)
    turned, last = np.roll(index, -1, 1), rings * around + 1
    tops = np.stack([np.zeros(around, int), index[0], turned[0]], 1)
    bottoms = np.stack([np.full(around, last), turned[-1], index[-1]], 1)
    first = np.stack([index[:-1], index[1:], turned[1:]], 2).reshape(-1, 3)
    second = np.stack([index[:-1], turned[1:], turned[:-1]], 2).reshape(-1, 3)
    return np.concatenate([[[0, 0, 1.0]], ring, [[0, 0, -1.0]]]), np.concatenate([tops, bottoms, first, second])


@pytest.fixture(scope="session")
def mesh(sheet):
    return CleanMesh.of(*sheet)


@pytest.fixture(autouse=True)
def _few_people_for_openness(monkeypatch):
    """Initialize networks in a second: with six people instead of forty for the effect of openness."""
    monkeypatch.setattr(training, "_OPENNESS_PEOPLE", 6)


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
