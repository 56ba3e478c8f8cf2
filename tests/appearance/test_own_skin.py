import numpy as np
import pytest

from painctl.appearance.facial_hair import paint_facial_hair
from painctl.appearance.own_skin import with_own_skin
from painctl.images.srgb import to_linear
from painctl.records import OwnColours

SIDE = 128


@pytest.fixture(scope="module")
def space(space_of, person):
    return space_of(person)


@pytest.fixture(scope="module")
def skin(space):
    return np.full((len(space.points), 3), (0.4, 0.25, 0.2), np.float32)


def own(covered, level=120):
    return OwnColours(np.full((SIDE, SIDE, 3), level, np.uint8), np.full((SIDE, SIDE), covered, np.uint8))


def test_where_the_mesh_has_colours_they_are_used_as_they_are(space, skin):
    albedo = with_own_skin(space, skin, own(255))
    inner = space.regions["face"] > 0.99
    expected = to_linear(np.full((1, 1, 3), 120, np.uint8))[0, 0]
    np.testing.assert_allclose(np.median(albedo[inner], 0), expected, atol=1e-3)


def test_without_any_the_painted_skin_gets_brows_and_beard(space, skin):
    np.testing.assert_array_equal(with_own_skin(space, skin, own(0)), paint_facial_hair(space, skin))


def test_skin_that_the_mesh_lacks_is_matched_to_what_it_has(space, skin):
    """A texture that covers its left half: the other half is painted in the same colour, except where no skin is."""
    half = own(255)
    half.covered[:, SIDE // 2 :] = 0
    albedo = with_own_skin(space, skin, half)
    texels = space.texels.gather(np.tile(np.arange(space.size, dtype=np.float32), (space.size, 1)))
    painted = (texels > 0.55 * space.size) & (space.regions["neck"] > 0.9)
    mine = (texels < 0.45 * space.size) & (space.regions["face"] > 0.9)
    assert painted.any()
    assert mine.any()
    ratio = np.median(albedo[painted], 0) / np.median(albedo[mine], 0)
    np.testing.assert_allclose(ratio, 1, atol=0.1)


def test_matching_is_bounded(space, skin):
    half = own(255, level=255)
    half.covered[:, SIDE // 2 :] = 0
    albedo = with_own_skin(space, np.full_like(skin, 0.01), half)
    texels = space.texels.gather(np.tile(np.arange(space.size, dtype=np.float32), (space.size, 1)))
    painted = (texels > 0.55 * space.size) & (space.regions["neck"] > 0.9)
    assert albedo[painted].max() <= 0.01 * 2.5 * 1.01
