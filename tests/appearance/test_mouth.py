from dataclasses import replace

import numpy as np
import pytest
from made_heads import both_sides

from painctl.appearance.mouth import fill_mouth, has_cavity
from painctl.mesh.graph import connected_components
from painctl.mesh.normals import face_normals
from painctl.rig.blendshapes import BlendshapeRig


@pytest.fixture(scope="module")
def mouth_of(head):
    def mouth_of(person):
        return fill_mouth(person, head.topology, head.neutral(person.coefficients))

    return mouth_of


@pytest.fixture(scope="module")
def pose(head, person):
    """A face of the person with an action, float32 [V, 3]."""
    neutral, rig = head.neutral(person.coefficients), BlendshapeRig(head.topology)
    names = head.topology.action_names

    def pose(units=(0,) * 6, **actions):
        return rig.deform(neutral, np.array([units]), np.zeros((1, 6)), both_sides(names, **actions))[0]

    return pose


def crowns(mouth, row):
    """The vertices of the crowns of the upper or lower row, bool [N]."""
    crown = np.zeros(len(mouth.rest), bool)
    crown[mouth.faces[: mouth.crowns]] = True
    return crown & (mouth.follows == (row == "lower"))


def test_two_arches_behind_the_lips(head, person, mouth_of):
    neutral, mouth = head.neutral(person.coefficients), mouth_of(person)
    lips = neutral[head.topology.region("lips") > 0.5]
    for row in ("upper", "lower"):
        teeth = mouth.rest[crowns(mouth, row)]
        assert teeth[:, 2].max() < lips[:, 2].max() - 0.004
        assert 0.045 < np.ptp(teeth[:, 0]) < 0.075  # metres across the arch
        np.testing.assert_allclose(teeth[:, 0].mean(), 0, atol=0.001)
        front, back = (teeth[where, 2].mean() for where in (abs(teeth[:, 0]) < 0.005, abs(teeth[:, 0]) > 0.022))
        assert front > back + 0.01
    upper, lower = (mouth.rest[crowns(mouth, row)] for row in ("upper", "lower"))
    assert upper[:, 2].max() > lower[:, 2].max() + 0.001  # the upper incisors bite in front of the lower


def test_teeth_face_outwards(mouth_of, person):
    mouth = mouth_of(person)
    faces = mouth.faces[: mouth.crowns]
    label = connected_components(faces, len(mouth.rest))[faces[:, 0]]
    normals, centres = face_normals(mouth.rest, faces), mouth.rest[faces].mean(1)
    for tooth in np.unique(label):
        own = label == tooth
        out = centres[own] - centres[own].mean(0)
        assert ((normals[own] * out).sum(1) >= 0).mean() > 0.9
    assert len(np.unique(label)) == 28


def test_teeth_yellow_with_age_and_show_less(mouth_of, person):
    young, old = (mouth_of(replace(person, age=years)) for years in (25.0, 80.0))
    blue = [mouth.colour[crowns(mouth, "upper")] for mouth in (young, old)]
    assert (blue[1][:, 2] / blue[1][:, 0]).mean() < 0.85 * (blue[0][:, 2] / blue[0][:, 0]).mean()
    edges = [mouth.rest[crowns(mouth, "upper"), 1].min() for mouth in (young, old)]
    assert edges[1] > edges[0] + 0.001


def test_some_old_people_lack_teeth_and_no_young_ones(mouth_of, person):
    count = {
        age: [mouth_of(replace(person, age=age, identity=number)).crowns for number in range(12)]
        for age in (25.0, 90.0)
    }
    assert len(set(count[25.0])) == 1
    assert min(count[90.0]) < max(count[90.0])


@pytest.mark.parametrize("action", [{"jawOpen": 1.0}, {"jawLeft": 1.0, "jawOpen": 0.4}, {"jawForward": 1.0}])
def test_lower_teeth_are_rigid_to_the_jaw_and_upper_teeth_to_the_skull(mouth_of, person, pose, action):
    mouth, face = mouth_of(person), pose(**action)
    points = mouth.pose(face).mesh.vertices.astype(float)
    upper, lower = (crowns(mouth, row) for row in ("upper", "lower"))
    np.testing.assert_allclose(points[upper], mouth.rest[upper], atol=1e-6)
    pairs = np.random.default_rng(0).permutation(np.flatnonzero(lower))[:400].reshape(2, -1)
    before, after = (np.linalg.norm(where[pairs[0]] - where[pairs[1]], axis=1) for where in (mouth.rest, points))
    np.testing.assert_allclose(after, before, atol=1e-6)
    rotation, shift = mouth.jaw.motion(face)
    np.testing.assert_allclose(points[lower], mouth.rest[lower] @ rotation.T + shift, atol=1e-6)
    assert np.linalg.norm(points[lower] - mouth.rest[lower], axis=1).min() > 0.001


def test_more_light_enters_a_wider_mouth_and_less_reaches_its_depth(mouth_of, person, pose):
    mouth = mouth_of(person)
    light = [mouth.pose(pose(jawOpen=amount)).open_sky for amount in (0.0, 0.1, 0.3, 1.0)]
    lower = crowns(mouth, "lower")
    front = lower & (mouth.rest[:, 2] > mouth.rest[lower, 2].max() - 0.002)
    assert (np.diff([share[front].mean() for share in light]) > 0).all()
    back = mouth.rest[:, 2] < mouth.rest[lower, 2].max() - 0.035
    assert light[3][back].mean() < 0.3 * light[3][front].mean()
    assert light[0].max() < 0.35


def test_heads_without_a_cavity_get_one_and_a_tongue(flame, person):
    person = replace(person, coefficients=np.zeros(300, np.float32))
    neutral = flame.neutral(person.coefficients)
    assert not has_cavity(flame.topology, neutral)
    mouth = fill_mouth(person, flame.topology, neutral)
    assert np.ptp(mouth.rest[:, 2]) > 0.055
    assert set(np.unique(mouth.follows)) > {0, 1}  # the cheeks follow the jaw in part


def test_a_head_without_an_inside_of_its_mouth_has_no_teeth(head, person):
    regions = head.topology.regions.copy()
    regions[head.topology.region_names.index("mouth_inside")] = 0
    bare = replace(head.topology, regions=regions)
    assert fill_mouth(person, bare, head.neutral(person.coefficients)) is None
