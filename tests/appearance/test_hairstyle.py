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
def hair_of(head, person, neutral):
    """The strands of a haircut, straight by default."""

    def hair_of(cut, length=0.05, curl=0.0, **changes):
        return grow(replace(person, haircut=cut, hair_length=length, hair_curl=curl, **changes), head.topology, neutral)

    return hair_of


HAIRY = [cut for cut in CUTS if cut != "bald"]


@pytest.mark.parametrize("cut", HAIRY)
def test_strands_are_finite_rooted_in_the_scalp_and_outside_the_head(hair_of, cut, head, neutral):
    hair = hair_of(cut)
    assert all(np.isfinite(part).all() for part in vars(hair).values())
    roots = hair.points[:, 0]
    scalp = neutral[head.topology.region("scalp") > 0]
    assert cKDTree(scalp).query(roots)[0].max() < 0.025  # a triangle's side
    inner = (
        head.topology.regions[[head.topology.region_names.index(n) for n in ("eyes", "sockets", "tongue")]].max(0) > 0
    )
    skin = neutral[~inner]
    normals = vertex_normals(neutral, head.topology.faces)[~inner]
    points = hair.points[:, 1:].reshape(-1, 3)
    near = cKDTree(skin).query(points)[1]
    assert np.quantile(((points - skin[near]) * normals[near]).sum(1), 0.01) > -0.003


def test_a_bald_head_has_no_strands(hair_of):
    assert hair_of("bald") is None


def test_straight_hair_has_its_length(hair_of):
    for length in (0.03, 0.06):
        run = np.linalg.norm(np.diff(hair_of("swept back", length).points, axis=1), axis=2).sum(1)
        assert np.median(run) == pytest.approx(length, rel=0.2)


@pytest.mark.parametrize("cut", ["bob", "long", "tied"])
def test_long_hair_does_not_cover_the_face(hair_of, cut, head, neutral):
    """No strand hangs in front of eyes, nose or mouth: action units must be visible."""
    points = hair_of(cut, 0.3 if cut == "long" else 0.17, 0.3).points
    face = neutral[
        head.topology.landmark_faces.size and np.unique(head.topology.faces[head.topology.landmark_faces[17:]])
    ]
    inset = np.array((0.004, 0, 0))
    low, high = face.min(0) + inset, face.max(0) - inset
    covering = (points > low).all(2) & (points[..., :2] < high[:2]).all(2)
    assert covering.any(1).mean() < 0.01


@pytest.mark.parametrize("cut", HAIRY)
def test_no_single_lock_falls_over_the_eyes(hair_of, cut):
    for number in range(4):
        _, y, z = hair_of(cut, 0.25, 0.3, identity=number).points.transpose(2, 0, 1)
        assert not ((y < 0.025) & (z > -0.015)).any()


def test_curl_winds_a_strand_and_colour_tints_it(hair_of, person):
    def bend(hair):
        step = np.diff(hair.points, axis=1)
        step /= np.linalg.norm(step, axis=2, keepdims=True)
        return np.degrees(np.arccos(np.clip((step[:, 1:] * step[:, :-1]).sum(2), -1, 1))).mean()

    straight, curly = hair_of("swept back", 0.08), hair_of("swept back", 0.08, 0.7)
    assert bend(curly) > 1.5 * bend(straight)
    red = hair_of("swept back", 0.08, hair=np.array((0.3, 0.02, 0.01), np.float32))
    np.testing.assert_array_equal(red.points, straight.points)
    assert (red.colour[..., 0] > 5 * red.colour[..., 1]).all()


def test_the_seed_determines_the_hair(hair_of):
    np.testing.assert_array_equal(hair_of("crop").points, hair_of("crop").points)
    assert not np.array_equal(hair_of("crop").points, hair_of("crop", seed=99).points)
