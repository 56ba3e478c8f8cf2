import numpy as np
import pytest

from painctl.pain.heatmap import FULL_HEAT, colourise, heatmap
from painctl.rig.blendshapes import BlendshapeRig


def test_heat_is_displacement_over_the_distance_between_the_eyes():
    neutral = np.zeros((3, 3))
    moved = np.array([[0, 0, 0], [0, 0.0021, 0.0028], [1, 0, 0]])
    np.testing.assert_allclose(heatmap(neutral, moved, 0.05), [0, 0.0035 / (FULL_HEAT * 0.05), 1], rtol=1e-6)


def test_heat_does_not_depend_on_the_unit_of_length():
    rng = np.random.default_rng(0)
    neutral, moved = rng.normal(size=(2, 50, 3))
    np.testing.assert_allclose(heatmap(neutral, moved, 30.0), heatmap(neutral * 2, moved * 2, 60.0), rtol=1e-6)


def test_colours_go_from_black_over_red_and_yellow_to_white():
    assert colourise(np.array([0, 1 / 3, 2 / 3, 1])).tolist() == [[0, 0, 0], [255, 0, 0], [255, 255, 0], [255] * 3]


def test_heat_can_be_read_back_from_its_colour():
    heat = np.linspace(0, 1, 1001)
    np.testing.assert_allclose(colourise(heat).sum(-1) / 765, heat, atol=0.5 / 765 + 1e-9)


@pytest.mark.parametrize(
    ("unit", "regions"),
    [(0, ["brows"]), (1, ["cheeks"]), (2, ["lids"]), (3, ["nose"]), (4, ["lips", "nose"]), (5, ["lids"])],
)
def test_each_unit_heats_its_own_part_of_the_face(head, unit, regions):
    neutral = head.template
    units = np.zeros((1, 6), int)
    units[0, unit] = 1 if unit == 5 else 5
    heat = heatmap(neutral, BlendshapeRig(head.topology).deform(neutral, units, np.zeros((1, 6))), 0.06)[0]
    inside = max(heat[head.topology.region(name) > 0.5].mean() for name in regions)
    assert inside > 0.1
    for name in ("scalp", "ears", "eyes"):
        assert heat[head.topology.region(name) > 0.9].mean() < 0.1 * inside


def test_heat_grows_with_intensity_from_zero(head):
    neutral = head.template
    rig = BlendshapeRig(head.topology)
    units = np.zeros((6, 6), int)
    units[:, 0] = range(6)
    heat = heatmap(neutral, rig.deform(neutral, units, np.zeros((6, 6))), 0.06)
    assert (heat[0] == 0).all()
    assert (np.diff(heat, axis=0) >= 0).all()
    assert (np.diff(heat.mean(1)) > 0).all()
