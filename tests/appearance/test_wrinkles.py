from dataclasses import replace

import numpy as np
import pytest

from painctl.appearance.reflectance import skin_colour
from painctl.appearance.texels import texels
from painctl.appearance.wrinkles import SIZE, Wrinkles
from painctl.pain.action_units import ACTION_UNITS

EVEN = np.zeros(6)
VISIBLE = 1e-4  # metres


def units(**intensities):
    return np.array([intensities.get(name, 0) for name in ACTION_UNITS])


@pytest.fixture(scope="module")
def wrinkles(head, person, neutral):
    return Wrinkles.of(person, head.topology, neutral)


@pytest.fixture(scope="module")
def positions(head, neutral, wrinkles):
    """Position of each texel of the wrinkles on the neutral head, [H, W, 3], metres."""
    height, width = wrinkles.side.shape
    picture = texels(head.topology, SIZE).picture(texels(head.topology, SIZE).interpolate(neutral))
    return picture[wrinkles.top : wrinkles.top + height, wrinkles.left : wrinkles.left + width]


@pytest.mark.parametrize(
    ("unit", "middle", "reach"),
    [
        ("AU4", (21, 22), (0.030, 0.030)),
        ("AU6", (36, 45), (0.036, 0.035)),
        ("AU7", (40, 41, 46, 47), (0.026, 0.016)),
        ("AU9", (28,), (0.032, 0.045)),
        ("AU10", (31, 35), (0.032, 0.036)),
    ],
)
def test_a_unit_folds_the_skin_where_it_acts_and_nowhere_else(wrinkles, positions, landmarks, unit, middle, reach):
    folded = positions[np.abs(wrinkles.height(units(**{unit: 5}), EVEN)) > VISIBLE]
    distance = np.abs(folded[:, None, :2] - landmarks[list(middle), :2]) / reach
    assert len(folded) > 500
    assert distance.max(2).min(1).max() < 1


@pytest.mark.parametrize("unit", ACTION_UNITS[:-1])
def test_folds_deepen_with_intensity(wrinkles, unit):
    heights = np.stack([wrinkles.height(units(**{unit: n}), EVEN) for n in range(6)])
    assert not heights[0].any()
    deepest = -heights.min((1, 2))
    assert (np.diff(deepest) > 0).all()
    assert 4e-4 < deepest[5] < 2e-3
    shades = [wrinkles.creases(units(**{unit: n}), EVEN).picture[..., 2].sum() for n in range(6)]
    assert (np.diff(shades) > 0).all()


@pytest.mark.parametrize("unit", ACTION_UNITS[:-1])
def test_folds_are_deeper_in_the_elderly(head, person, neutral, unit):
    young, old = (Wrinkles.of(replace(person, age=age), head.topology, neutral) for age in (22.0, 80.0))
    assert old.height(units(**{unit: 5}), EVEN).min() < 1.2 * young.height(units(**{unit: 5}), EVEN).min()


@pytest.mark.parametrize("unit", [{}, {"AU43": 1}])
def test_without_folds_a_face_is_unchanged(wrinkles, unit):
    uv = np.random.default_rng(0).random((2, 5000)).astype(np.float32)
    albedo, normal = np.random.default_rng(1).random((2, 3, 5000)).astype(np.float32)
    folded = wrinkles.creases(units(**unit), EVEN).fold(uv, albedo, normal)
    np.testing.assert_array_equal(folded[0], albedo)
    np.testing.assert_array_equal(folded[1], normal)


@pytest.mark.parametrize(("asymmetry", "side"), [(0.5, 1), (-0.5, -1)])
def test_the_side_of_higher_intensity_has_deeper_folds(wrinkles, positions, asymmetry, side):
    even, lopsided = (np.abs(wrinkles.height(units(AU10=3), np.full(6, a))) for a in (0, asymmetry))
    stronger, weaker = (side * positions[..., 0] * s > 0.006 for s in (1, -1))
    np.testing.assert_allclose(lopsided[stronger], 1.5 * even[stronger], rtol=1e-4)
    np.testing.assert_allclose(lopsided[weaker], 0.5 * even[weaker], rtol=1e-4)


@pytest.mark.parametrize("melanin", [0.013, 0.1, 0.4])
def test_folded_and_flushed_skin_stays_skin(head, person, neutral, melanin):
    """Redder than calm skin and no brighter, and red > green > blue."""
    wrinkles = Wrinkles.of(replace(person, melanin=melanin), head.topology, neutral)
    corners = texels(head.topology, SIZE).covered
    uv = np.stack([corners % SIZE + 0.5, SIZE - corners // SIZE - 0.5]).astype(np.float32) / SIZE
    calm = np.repeat(skin_colour(np.array(melanin), np.array(person.haemoglobin))[:, None], uv.shape[1], 1)
    albedo, _ = wrinkles.creases(units(AU4=5, AU6=5, AU9=5, AU10=5), EVEN).fold(uv, calm, np.ones_like(calm))
    assert (albedo <= 1.005 * calm).all()
    assert (albedo > 0.25 * calm).all()
    assert (albedo[0] > albedo[1]).all()
    assert (albedo[1] >= 0.95 * albedo[2]).all()
    assert (albedo[0] / albedo[1] >= calm[0] / calm[1] - 1e-4).all()


def test_the_flush_grows_with_the_effort(wrinkles):
    amounts = [wrinkles.creases(units(AU4=n, AU7=n, AU9=n), EVEN).picture[..., 3].mean() for n in range(6)]
    assert amounts[0] == 0
    assert (np.diff(amounts) > 0).all()


def test_lips_and_eyes_are_unchanged(head, wrinkles):
    layout = texels(head.topology, SIZE)
    inside = layout.interpolate(np.maximum(head.topology.region("lips") > 0.9, head.topology.region("eyes") > 0)) > 0.99
    texel = layout.covered[inside]
    uv = np.stack([texel % SIZE + 0.5, SIZE - texel // SIZE - 0.5]).astype(np.float32) / SIZE
    white = np.ones((3, uv.shape[1]), np.float32)
    albedo, _ = wrinkles.creases(units(AU4=5, AU6=5, AU7=5, AU9=5, AU10=5), EVEN).fold(uv, white, white)
    assert (albedo > 0.99).all()


def test_the_same_person_has_the_same_bytes(head, person, neutral, wrinkles):
    repeated = Wrinkles.of(person, head.topology, neutral)
    strong = units(AU4=4, AU6=3, AU7=5, AU9=2, AU10=4)
    assert repeated.creases(strong, EVEN).picture.tobytes() == wrinkles.creases(strong, EVEN).picture.tobytes()
    other_seed = Wrinkles.of(replace(person, seed=person.seed + 1), head.topology, neutral)
    assert other_seed.creases(strong, EVEN).picture.tobytes() != wrinkles.creases(strong, EVEN).picture.tobytes()
