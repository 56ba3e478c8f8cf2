from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.occluders.part import CLOTH, Occluder, Part
from painctl.records import Mesh, Strands

SQUARE = Mesh(
    np.array([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)], np.float32),
    np.array([(0, 1, 2), (0, 2, 3)], np.int32),
    np.ones((4, 3), np.float32),
)


@pytest.fixture
def hair(wearers):
    from painctl.appearance.hairstyle import grow

    grown = (grow(wearer.person, wearer.topology, wearer.neutral) for wearer in wearers[::2])
    return next(strands for strands in grown if strands is not None)


def test_normals_are_unit_vectors_out_of_the_mesh_by_component():
    np.testing.assert_allclose(Part(SQUARE).normals, [[0] * 4, [0] * 4, [1] * 4], atol=1e-6)


def test_a_shadow_is_cast_by_a_part_or_by_changed_hair():
    clear, solid = Part(SQUARE, casts=False), Part(SQUARE, CLOTH)
    assert not Occluder("glasses", (clear,)).casts
    assert Occluder("glasses", (clear, solid)).casts
    assert Occluder("cap", (clear,), press=lambda points: points).casts
    assert Occluder("headscarf", (clear,), covers_hair=True).casts


def test_hair_is_left_alone_pressed_or_covered(hair):
    assert isinstance(hair, Strands)
    worn = Occluder("glasses", (Part(SQUARE),))
    assert worn.flatten(hair) is hair
    assert replace(worn, covers_hair=True).flatten(hair) is None
    pressed = replace(worn, press=lambda points: points * 0.5).flatten(hair)
    np.testing.assert_allclose(pressed.points, hair.points / 2, rtol=1e-6)
    assert pressed.points.dtype == np.float32
    np.testing.assert_array_equal(pressed.colour, hair.colour)
