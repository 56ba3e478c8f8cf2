from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from painctl.appearance.hairstyle import grow
from painctl.appearance.head_surface import HeadSurface, scatter_points
from painctl.appearance.occluders.kinds import KINDS, put_on
from painctl.appearance.occluders.relief import Relief, to_polar
from painctl.shard.schema import OCCLUDERS

# parts that lie on skin, by kind; the others end in a nostril or behind an ear, where no plane of the skin is outside
ON_SKIN = {
    "glasses": (0, 1, 3, 4, 6, 7, 8),
    "sunglasses": (0, 1, 3, 4, 6, 7, 8),
    "cannula": (2, 4),
    "bandage": (0, 1, 2),
}
DEEPEST = 0.003  # metres


def test_each_kind_has_a_value_of_its_own_in_masks():
    values = [kind.value for kind in KINDS.values()]
    assert len(set(values)) == len(values)
    assert all(8 <= value <= 120 and value % 8 == 0 for value in values)
    assert {name: kind.value for name, kind in KINDS.items()} == OCCLUDERS


@pytest.fixture(scope="module")
def skins(head, wearers):
    """The outside of each wearer's head, with points so dense that the nearest one is not on the far side of a fold."""
    inside = np.max([head.topology.region(name) for name in ("eyes", "sockets", "mouth_inside", "tongue")], axis=0) > 0
    faces = head.topology.faces[~inside[head.topology.faces].any(1)]
    clouds = []
    for wearer in wearers:
        generator = np.random.default_rng(0)
        clouds.append(scatter_points(wearer.face.astype(float), faces, np.ones(len(faces)), 60000, generator))
    return [HeadSurface(cKDTree(points), points, normals) for points, normals in clouds]


@pytest.mark.parametrize("name", ON_SKIN)
def test_what_lies_on_the_skin_does_not_cut_into_it(head, wearers, skins, name):
    for wearer, surface in zip(wearers, skins, strict=True):
        ear = wearer.face[head.topology.region("ears") > 0.3]
        (worn,) = put_on(wearer, [name])
        for number in ON_SKIN[name]:
            points = worn.parts[number].mesh.vertices.astype(float)
            far = (np.linalg.norm(points[:, None] - ear[None, ::7], axis=2).min(1) > 0.02) & (points[:, 2] > -0.045)
            above, _ = surface.nearest(points[far])
            distance = surface.tree.query(points[far])[0]
            under = (-above > 0.6 * distance) & (distance < 0.01)  # else it is beside an edge of the skin
            assert not (under & (above < -DEEPEST)).any(), (name, number, wearer.person.name)


@pytest.mark.parametrize("name", ["mask", "chin-mask", "oxygen-mask", "cap", "headscarf", "bandage"])
def test_cloth_and_shells_are_outside_the_head(wearers, name):
    for wearer in wearers[::3]:
        (worn,) = put_on(wearer, [name])
        points = worn.parts[0].mesh.vertices.astype(float)
        towards = points - wearer.centre
        radius = np.linalg.norm(towards, axis=1)
        on_head = towards[:, 1] > -0.09  # not on neck and shoulders
        skin = np.linalg.norm(wearer.relief.onto(points) - wearer.centre, axis=1)
        assert (radius - skin)[on_head].min() > -DEEPEST, (name, wearer.person.name)


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.fit])
def test_what_is_worn_is_finite_small_and_the_same_every_time(wearers, name):
    for wearer in wearers[:4]:
        first, second = (put_on(wearer, [name])[0] for _ in range(2))
        for one, other in zip(first.parts, second.parts, strict=True):
            assert np.isfinite(one.mesh.vertices).all()
            assert np.abs(one.mesh.vertices).max() < 0.5
            assert one.mesh.faces.max() < len(one.mesh.vertices)
            np.testing.assert_array_equal(one.mesh.vertices, other.mesh.vertices)
            np.testing.assert_array_equal(one.mesh.colour, other.mesh.colour)


def test_glasses_stay_and_a_mask_follows_the_face(wearers):
    rest, pained = wearers[0], wearers[1]
    moved = {}
    for name in ("glasses", "mask"):
        before, after = (put_on(wearer, [name])[0].parts[0].mesh.vertices for wearer in (rest, pained))
        moved[name] = np.linalg.norm(after - before, axis=1)
    shape = moved["glasses"].max() - moved["glasses"].min()
    assert shape < 1e-5  # rigid: all of the rim moves alike
    assert np.ptp(moved["mask"]) > 0.001


def test_an_open_jaw_pushes_the_mask_out(head, wearers):
    wearer, topology = wearers[0], head.topology
    jaw = topology.actions[topology.action_names.index("jawOpen")]
    opened = replace(wearer, face=wearer.face + jaw)
    heights = [put_on(each, ["mask"])[0].parts[0].mesh.vertices[:, 1].min() for each in (wearer, opened)]
    assert heights[1] < heights[0] - 0.005


def test_glasses_over_a_mask_are_in_front_of_it(wearers):
    for wearer in wearers[:6]:
        glasses, mask = put_on(wearer, ["glasses", "mask"])
        below = mask.parts[0].mesh
        cover = Relief.of(below.vertices.astype(float), below.faces, wearer.centre)
        azimuth, elevation, radius = to_polar(glasses.parts[0].mesh.vertices, wearer.centre)
        assert (radius - cover.at(azimuth, elevation))[np.abs(azimuth) < 40].min() > -0.003


def test_only_hair_that_falls_makes_a_fringe(wearers):
    for haircut, curl, falls in (("bald", 0.0, False), ("buzz", 0.0, False), ("bob", 0.9, False), ("bob", 0.2, True)):
        wearer = replace(wearers[0], person=replace(wearers[0].person, haircut=haircut, hair_curl=curl))
        assert bool(put_on(wearer, ["fringe"])) == falls


def test_headwear_presses_hair_to_its_inside(wearers):
    tried = 0
    for wearer in wearers[::2]:
        hair = grow(wearer.person, wearer.topology, wearer.neutral)
        if hair is None:
            continue
        tried += 1
        (cap,) = put_on(wearer, ["cap"])
        mesh = cap.parts[0].mesh
        cover = Relief.of(mesh.vertices.astype(float), mesh.faces, wearer.centre)
        pressed = cap.flatten(hair)
        azimuth, elevation, radius = to_polar(pressed.points.reshape(-1, 3), wearer.centre)
        limit = cover.at(azimuth, elevation)
        assert (radius <= limit + 0.001)[(limit > 0.08) & (elevation > 45)].all()
    assert tried
