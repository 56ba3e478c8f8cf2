from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.relief import normal_map, roughness_map, static_wrinkles


@pytest.fixture(scope="module")
def spaces(space_of, person):
    return {age: space_of(replace(person, age=float(age)), 512) for age in (22, 80)}


def test_the_young_have_no_wrinkles_at_rest_and_the_old_shallow_ones(spaces):
    assert not static_wrinkles(spaces[22]).any()
    depth = np.abs(static_wrinkles(spaces[80]))
    assert 1e-4 < depth.max() < 3e-3  # metres, of the folds beside the nose
    assert 1e-4 < depth[spaces[80].regions["forehead"] > 0.9].max() < 1e-3
    lips = spaces[80].regions["lips"] > 0.8
    assert depth[lips].max() < 0.3 * depth.max()


def test_normals_are_unit_vectors_out_of_the_skin_and_wrinkles_tilt_them(spaces):
    space = spaces[80]
    plain, lined = (normal_map(space, heights) for heights in (np.zeros(len(space.points)), static_wrinkles(space)))
    vectors = plain.astype(float) / 127.5 - 1
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=2), 1, atol=0.02)
    assert vectors[..., 2].min() > 0.6
    tilted = np.abs(lined.astype(int) - plain).max(2)
    forehead = space.texels.picture(space.regions["forehead"]) > 0.9
    eyes = space.texels.picture(space.regions["eyes"]) > 0.99
    assert tilted[forehead].max() > 20
    assert tilted[eyes].max() == 0


def test_lips_and_eyes_shine_more_than_cheeks_and_hairy_skin_less(spaces):
    space, rough = spaces[22], roughness_map(spaces[22]) / 255
    names = ("eyes", "lips", "nose", "cheeks", "scalp")
    shine = {name: rough[space.texels.picture(space.regions[name]) > 0.95].mean() for name in names}
    assert shine["eyes"] < shine["lips"] < shine["cheeks"] < shine["scalp"]
    assert shine["nose"] < shine["cheeks"]
    assert rough.min() >= 0.04
