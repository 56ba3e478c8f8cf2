import numpy as np
import pytest

from painctl.render import furniture

ACCENT = np.array([0.3, 0.2, 0.1])
OBJECTS = {
    "walls": lambda canvas, generator: furniture.walls(canvas, ACCENT, generator),
    "door": lambda canvas, generator: furniture.door(canvas, 0.1, ACCENT, generator),
    "shelves": lambda canvas, generator: furniture.shelves(canvas, 0.1, ACCENT, generator),
    "curtain": lambda canvas, generator: furniture.curtain(canvas, 0.1, ACCENT, generator),
    "picture_frame": lambda canvas, generator: furniture.picture_frame(canvas, 0.1, generator),
    "cabinet": lambda canvas, generator: furniture.cabinet(canvas, 0.1, ACCENT, generator),
    "lamp": lambda canvas, generator: furniture.lamp(canvas, 0.3, generator),
    "monitor": lambda canvas, generator: furniture.monitor(canvas, 0.1, generator),
    "bed": lambda canvas, generator: furniture.bed(canvas, generator),
}


def drawn(name, seed):
    canvas = np.full((96, 96, 3), 0.5, np.float32)
    OBJECTS[name](canvas, np.random.default_rng(seed))
    return canvas


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_is_drawn_from_its_seed_alone(name):
    first = drawn(name, 1)
    assert (first != 0.5).any()
    assert np.isfinite(first).all()
    assert first.min() >= 0
    np.testing.assert_array_equal(first, drawn(name, 1))
    assert (first != drawn(name, 2)).any()


def test_an_object_to_the_left_leaves_the_right_side_unchanged():
    for name in ("door", "shelves", "curtain", "picture_frame", "cabinet"):
        assert (drawn(name, 1)[:, 60:] == 0.5).all(), name
