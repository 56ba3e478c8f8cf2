from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from painctl.appearance.hairstyle import grow
from painctl.face.grooming import CUTS
from painctl.mesh.normals import vertex_normals


@pytest.fixture(scope="module")
def neutral(head, person):
    return head.neutral(person.coefficients)


@pytest.fixture(scope="module")
def worn(head, person, neutral):
    """The strands of a cut, straight unless told otherwise."""

    def worn(cut, length=0.05, curl=0.0, **changes):
        return grow(replace(person, haircut=cut, hair_length=length, hair_curl=curl, **changes), head.topology, neutral)

    return worn


HAIRY = [cut for cut in CUTS if cut != "bald"]


@pytest.mark.parametrize("cut", HAIRY)
def test_strands_are_whole_rooted_in_the_scalp_and_outside_the_head(worn, cut, head, neutral):
    hair = worn(cut)
    assert all(np.isfinite(part).all() for part in vars(hair).values())
    roots = hair.points[:, 0]
    scalp = neutral[head.topology.region("scalp") > 0]
    assert cKDTree(scalp).query(roots)[0].max() < 0.025  # a triangle's side
    inner = (
        head.topology.regions[[head.topology.region_names.index(n) for n in ("eyes", "sockets", "tongue")]].max(0) > 0
    )
    skin = neutral[~inner]
    normals = vertex_normals(neutral, head.topology.faces)[~inner]
    places = hair.points[:, 1:].reshape(-1, 3)
    near = cKDTree(skin).query(places)[1]
    assert np.quantile(((places - skin[near]) * normals[near]).sum(1), 0.01) > -0.003


def test_a_bald_head_has_no_strand(worn):
    assert worn("bald") is None


def test_straight_hair_is_as_long_as_it_says(worn):
    for length in (0.03, 0.06):
        run = np.linalg.norm(np.diff(worn("swept back", length).points, axis=1), axis=2).sum(1)
        assert np.median(run) == pytest.approx(length, rel=0.2)


@pytest.mark.parametrize("cut", ["bob", "long", "tied"])
def test_long_hair_leaves_the_face_free(worn, cut, head, neutral):
    """No strand hangs before eyes, nose or mouth: action units must be seen."""
    points = worn(cut, 0.3 if cut == "long" else 0.17, 0.3).points
    face = neutral[
        head.topology.landmark_faces.size and np.unique(head.topology.faces[head.topology.landmark_faces[17:]])
    ]
    inset = np.array((0.004, 0, 0))
    low, high = face.min(0) + inset, face.max(0) - inset
    before = (points > low).all(2) & (points[..., :2] < high[:2]).all(2)
    assert before.any(1).mean() < 0.01


@pytest.mark.parametrize("cut", HAIRY)
def test_no_lone_lock_falls_before_the_eyes(worn, cut):
    for number in range(4):
        _, y, z = worn(cut, 0.25, 0.3, identity=number).points.transpose(2, 0, 1)
        assert not ((y < 0.025) & (z > -0.015)).any()


def test_curl_winds_a_strand_and_color_tints_it(worn, person):
    def bend(hair):
        step = np.diff(hair.points, axis=1)
        step /= np.linalg.norm(step, axis=2, keepdims=True)
        return np.degrees(np.arccos(np.clip((step[:, 1:] * step[:, :-1]).sum(2), -1, 1))).mean()

    straight, curly = worn("swept back", 0.08), worn("swept back", 0.08, 0.7)
    assert bend(curly) > 1.5 * bend(straight)
    red = worn("swept back", 0.08, hair=np.array((0.3, 0.02, 0.01), np.float32))
    np.testing.assert_array_equal(red.points, straight.points)
    assert (red.colour[..., 0] > 5 * red.colour[..., 1]).all()


def test_the_same_person_has_the_same_hair_and_another_seed_other_hair(worn):
    np.testing.assert_array_equal(worn("crop").points, worn("crop").points)
    assert not np.array_equal(worn("crop").points, worn("crop", seed=99).points)
