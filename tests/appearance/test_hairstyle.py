from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from painctl.appearance.haircuts import HAIRCUTS, parting
from painctl.appearance.hairstyle import grow
from painctl.face.grooming import _LENGTHS
from painctl.mesh.normals import vertex_normals

HAIRY = list(HAIRCUTS)
WOMEN = ["pixie", "permed", "bob", "fringe bob", "long", "fringe", "tied", "bun", "plaits", "braids"]


@pytest.fixture(scope="module")
def neutral(head, person):
    return head.neutral(person.coefficients)


@pytest.fixture(scope="module")
def hair_of(head, person, neutral):
    """The strands of a haircut of usual length, straight by default."""

    def hair_of(cut, length=None, curl=0.0, **changes):
        changed = replace(person, haircut=cut, hair_length=length or np.mean(_LENGTHS[cut]), hair_curl=curl, **changes)
        return grow(changed, head.topology, neutral)

    return hair_of


@pytest.fixture(scope="module")
def eyes(head, neutral):
    return head.topology.landmarks(neutral)[36:48]


@pytest.mark.parametrize("cut", HAIRY)
def test_strands_are_finite_rooted_in_the_scalp_and_outside_the_head(hair_of, cut, head, neutral):
    hair = hair_of(cut, curl=0.6)
    assert all(np.isfinite(part).all() for part in vars(hair).values())
    np.testing.assert_allclose(np.linalg.norm(hair.outward, axis=2), 1, atol=1e-5)
    assert 0 <= hair.buried.min() <= hair.buried.max() <= 1
    if not HAIRCUTS[cut].tied and cut not in ("afro", "braids"):  # whose strands need not begin at the scalp
        scalp = neutral[head.topology.region("scalp") > 0]
        assert cKDTree(scalp).query(hair.points[:, 0])[0].max() < 0.025  # a triangle's side
    names = ("eyes", "sockets", "tongue", "mouth_inside")
    inner = np.max([head.topology.region(name) for name in names], axis=0) > 0
    skin, normals = neutral[~inner], vertex_normals(neutral, head.topology.faces)[~inner]
    points = hair.points[:, 1:].reshape(-1, 3)
    points = points[points[:, 1] > -0.14]  # above the shoulders, where the skin has an edge
    near = cKDTree(skin).query(points)[1]
    assert np.quantile(((points - skin[near]) * normals[near]).sum(1), 0.01) > -0.003


def test_a_bald_head_has_no_strands(hair_of):
    assert hair_of("bald", 0.01) is None


def test_straight_hair_has_its_length(hair_of):
    for length in (0.03, 0.06):
        run = np.linalg.norm(np.diff(hair_of("permed", length).points, axis=1), axis=2).sum(1)
        assert np.median(run) == pytest.approx(0.9 * length, rel=0.25)


@pytest.mark.parametrize("cut", WOMEN)
def test_no_hair_covers_the_face(hair_of, cut, head, neutral):
    """No strand is in front of the face from brows to mouth, but for a fringe's tips: action units must be visible."""
    points = hair_of(cut, curl=0.3).points
    landmarks = head.topology.landmarks(neutral)
    low, high = landmarks[17:].min(0), landmarks[17:].max(0)
    inside = (np.abs(points[..., 0]) < high[0] - 0.004) & (points[..., 2] > low[2])
    covering = inside & (points[..., 1] > low[1]) & (points[..., 1] < high[1] - 0.006)
    assert covering.any(1).mean() < 0.01


@pytest.mark.parametrize("cut", HAIRY)
def test_no_strand_crosses_the_eyes(hair_of, cut, eyes):
    low, high = eyes.min(0) - 0.001, eyes.max(0) + 0.001
    for number in range(4):
        points = hair_of(cut, curl=(0.0, 0.35, 0.7)[number % 3], identity=number).points
        at_eyes = (points[..., :2] > low[:2]).all(2) & (points[..., :2] < high[:2]).all(2)
        assert not (at_eyes & (points[..., 2] > low[2] - 0.01)).any(), number


@pytest.mark.parametrize("cut", ["crop", "swept back", "permed", "afro", "pixie", "fringe bob", "long"])
@pytest.mark.parametrize("curl", [0.4, 0.7, 1.0])
def test_strands_are_smooth(hair_of, cut, curl):
    """Nine in ten segments turn by less than 45 degrees, whatever the curl."""
    step = np.diff(hair_of(cut, curl=curl).points, axis=1)
    step = step / np.maximum(np.linalg.norm(step, axis=2, keepdims=True), 1e-9)
    turn = np.degrees(np.arccos(np.clip((step[:, 1:] * step[:, :-1]).sum(2), -1, 1)))
    assert np.quantile(turn, 0.9) < 45


def test_curl_widens_hair_and_colour_tints_it(hair_of):
    def bend(hair):
        run = np.linalg.norm(np.diff(hair.points, axis=1), axis=2).sum(1)
        return np.median(run / np.linalg.norm(hair.points[:, -1] - hair.points[:, 0], axis=1))

    straight, curly = hair_of("swept back", 0.08), hair_of("swept back", 0.08, 0.7)
    assert bend(curly) > 1.15 * bend(straight)
    red = hair_of("swept back", 0.08, hair=np.array((0.3, 0.02, 0.01), np.float32))
    np.testing.assert_array_equal(red.points, straight.points)
    assert (red.colour[..., 0] > 5 * red.colour[..., 1]).all()


def test_a_parting_parts_the_hair(hair_of, person):
    """Left of the parting hair goes to the left, right of it to the right."""
    middle = parting(replace(person, haircut="long"))
    points = hair_of("long").points
    root, tip = points[:, 0], points[:, -1]
    top = (root[:, 1] > 0.09) & (root[:, 2] > -0.10) & (np.abs(root[:, 0] - middle) > 0.008)
    agree = (tip[top, 0] > middle) == (root[top, 0] > middle)
    assert agree.mean() > 0.97


@pytest.mark.parametrize("cut", ["fringe", "fringe bob"])
def test_a_fringe_covers_the_forehead_down_to_the_brows(hair_of, cut, head, neutral):
    brows = head.topology.landmarks(neutral)[17:27, 1].max()
    points = hair_of(cut).points.reshape(-1, 3)
    before = points[(np.abs(points[:, 0]) < 0.03) & (points[:, 2] > -0.01)]
    assert -0.008 < before[:, 1].min() - brows < 0.008
    without = hair_of("long").points.reshape(-1, 3)
    low = (np.abs(without[:, 0]) < 0.03) & (without[:, 2] > -0.01) & (without[:, 1] < brows + 0.02)
    assert low.mean() < 0.1 * (before[:, 1] < brows + 0.02).sum() / len(points)


def test_each_womens_cut_has_hair_where_it_is_expected(hair_of):
    def share(cut, where):
        return np.mean(where(*hair_of(cut).points.reshape(-1, 3).T))

    assert share("bun", lambda x, y, z: (y > 0.13) & (z < -0.12)) > 0.03
    assert share("tied", lambda x, y, z: y < -0.05) > 0.03
    assert share("plaits", lambda x, y, z: (y < -0.10) & (np.abs(x) > 0.04)) > 0.05
    for cut in ("bob", "fringe bob"):
        assert share(cut, lambda x, y, z: y < -0.05) > 0.02
        assert share(cut, lambda x, y, z: y < -0.15) < 0.01
    assert share("long", lambda x, y, z: y < -0.15) > 0.05
    assert share("braids", lambda x, y, z: y < -0.15) > 0.05


def test_a_fade_is_shorter_at_the_sides(hair_of):
    points = hair_of("fade").points
    run = np.linalg.norm(np.diff(points, axis=1), axis=2).sum(1)
    y = points[:, 0, 1]
    assert np.median(run[y < 0.01]) < 0.35 * np.median(run[y > 0.10])


def test_hair_is_finer_and_sparser_at_the_hairline(hair_of, head, neutral):
    hair = hair_of("swept back")
    border = neutral[head.topology.region("scalp") < 0.5]
    distance = cKDTree(border).query(hair.points[:, 0])[0]
    edge, middle = distance < 0.006, distance > 0.03
    assert np.median(hair.width[edge, 1]) < 0.75 * np.median(hair.width[middle, 1])


def test_the_seed_determines_the_hair(hair_of):
    np.testing.assert_array_equal(hair_of("crop").points, hair_of("crop").points)
    assert not np.array_equal(hair_of("crop").points, hair_of("crop", seed=99).points)
