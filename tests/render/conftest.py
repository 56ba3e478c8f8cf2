import numpy as np
import pytest

from painctl.face.demographics import assign, load_demographics
from painctl.face.identity import draw_identity
from painctl.records import Camera, Textures


@pytest.fixture
def camera():
    """A camera of 64 pixels, off-centre, 1 m from the origin and looking down the z axis at it."""

    def make(size=64, focal=None, distance=1.0):
        focal = focal or 1.5 * size
        intrinsics = np.array([[focal, 0, size * 0.47], [0, focal * 1.1, size * 0.52], [0, 0, 1]])
        extrinsics = np.diag([1.0, -1.0, -1.0, 1.0])
        extrinsics[2, 3] = distance
        return Camera(intrinsics, extrinsics, size)

    return make


def ball(rows, columns, radius=1.0):
    """A closed sphere: vertices [V, 3] and faces [F, 3], counter-clockwise seen from outside."""
    polar = np.linspace(0, np.pi, rows + 1)[1:-1, None]
    turn = np.linspace(0, 2 * np.pi, columns, endpoint=False)[None]
    ring = np.stack([np.sin(polar) * np.sin(turn), np.cos(polar) + 0 * turn, np.sin(polar) * np.cos(turn)], axis=-1)
    vertices = np.concatenate([[[0, 1, 0]], ring.reshape(-1, 3), [[0, -1, 0]]])
    i, j = np.meshgrid(np.arange(rows - 2), np.arange(columns), indexing="ij")
    a, b = 1 + i * columns + j, 1 + i * columns + (j + 1) % columns
    around, last = np.arange(columns), len(vertices) - 1
    faces = [
        np.stack([a, a + columns, b], -1).reshape(-1, 3),
        np.stack([b, a + columns, b + columns], -1).reshape(-1, 3),
        np.stack([0 * around, 1 + around, 1 + (around + 1) % columns], -1),
        np.stack([0 * around + last, last - columns + (around + 1) % columns, last - columns + around], -1),
    ]
    return (radius * vertices).astype(np.float32), np.concatenate(faces).astype(np.int32)


@pytest.fixture(scope="session")
def sphere():
    return ball


@pytest.fixture(scope="session")
def neutrals(head):
    """The neutral heads of forty people of a balanced run, [40, V, 3]."""
    groups = assign(load_demographics("balanced"), 40, seed=5)
    return np.stack([head.neutral(draw_identity(head, 5, i, *g).coefficients) for i, g in enumerate(groups)])


@pytest.fixture(scope="session")
def plain():
    """Textures of one colour, smooth, of middling roughness."""

    def make(albedo=(190, 150, 130), size=128):
        normal = np.full((size, size, 3), 128, np.uint8)
        normal[..., 2] = 255
        colour = np.broadcast_to(np.array(albedo, np.uint8), (size, size, 3)).copy()
        return Textures(colour, normal, np.full((size, size), 120, np.uint8))

    return make
