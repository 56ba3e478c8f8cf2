import numpy as np
import pytest
import torch

from painctl.rig.neural.head_tensors import UNIT
from painctl.rig.neural.poisson import solve
from painctl.rig.neural.training_heads import people, warped
from painctl.rig.neural.vocabulary import FIELDS

UNITS = np.array([[3, 0, 0, 0, 0, 0], [0, 2, 4, 0, 5, 1]])


def test_people_are_those_of_sample_ids(head, tmp_path):
    from made_steps import write_ids

    from painctl.shard.reader import Shard

    write_ids(3, 4, tmp_path / "ids.h5")
    with Shard(tmp_path / "ids.h5") as shard:
        np.testing.assert_array_equal(shard.read("meshes", "vertices"), np.stack(list(people(head, 3, 4))))


def test_truth_is_the_open_rigs_on_this_triangulation(specimen, teacher, held_out, coarse):
    truth = specimen.displacements(UNITS, np.zeros((2, 6))).numpy()
    for face, true in zip(truth, teacher.rig.deform(held_out[0], UNITS, np.zeros((2, 6))), strict=True):
        moved = coarse(true.astype(float) - held_out[0])[specimen.rows]
        np.testing.assert_allclose(face, UNIT * moved, atol=1e-6)


def test_the_solve_gives_the_truth_back_from_its_jacobians(specimen):
    truth, body = specimen.displacements(UNITS, np.zeros((2, 6))), specimen.body
    wanted = torch.einsum("efci,fcj->efij", truth[:, body.faces], body.hats)
    assert (solve(wanted, specimen.poisson) - truth).norm(dim=2).mean() < 0.01 * truth.norm(dim=2).mean()


def test_a_warp_is_smooth_and_of_the_size_that_is_asked(held_out, head):
    neutral = held_out[1].astype(float)
    moved = warped(neutral, 0.002, 0, 1) - neutral
    assert np.sqrt(np.square(moved).sum(1).mean()) == pytest.approx(0.002)
    edges = head.topology.faces[:, :2]
    step = np.linalg.norm(moved[edges[:, 0]] - moved[edges[:, 1]], axis=1)
    assert (step < 0.5 * np.linalg.norm(neutral[edges[:, 0]] - neutral[edges[:, 1]], axis=1) + 1e-6).all()
    np.testing.assert_array_equal(warped(neutral, 0.002, 0, 1) - neutral, moved)
    assert np.abs(warped(neutral, 0.002, 0, 2) - neutral - moved).max() > 1e-3


def test_what_the_mean_head_does_is_told_by_side(teacher):
    carried = teacher.carried().reshape(len(teacher.skin), len(FIELDS), 3)
    x = teacher.mean[teacher.skin, 0]
    length = np.linalg.norm(carried[:, :12], axis=2).reshape(-1, 6, 2)
    assert (length.max(0) > 0.02).all()  # every control moves something by 2 mm
    for side, sign in enumerate((1, -1)):
        own, far = length[sign * x > 0.005, :, side].sum(0), length[sign * x < -0.005, :, side].sum(0)
        assert (far < 0.25 * own).all()
    both = teacher.displacements(teacher.mean, np.array([[5, 0, 0, 0, 0, 0]]), np.zeros((1, 6)))[0, teacher.skin]
    np.testing.assert_allclose(UNIT * both, carried[:, :2].sum(1), atol=2e-3)


def test_a_squint_moves_closed_lids_less(teacher, head):
    carried = teacher.carried().reshape(len(teacher.skin), len(FIELDS), 3)
    lower = head.topology.region("lower_lids")[teacher.skin] > 0.5
    for side in ("left", "right"):
        opened, closed = (
            np.abs(carried[lower, FIELDS.index(f"AU7 {side}{end}"), 1]).sum() for end in ("", " under closed lids")
        )
        assert closed < 0.7 * opened


def test_eyes_that_are_more_open_close_farther(teacher):
    """Of people who were not asked, a blink's strength is told by how far the eye is open."""
    gains = teacher.gains(16)
    blink = FIELDS.index("AU43 left")
    known, found, told = teacher._fields(teacher.mean)[:, blink], [], []
    for neutral in list(people(teacher.head, 6, 77)):
        field = teacher._fields(neutral.astype(float))[:, blink]
        found.append((field * known).sum() / np.square(known).sum() - 1)
        opened = teacher.template.openness(UNIT * neutral[teacher.skin])[0]
        told.append(gains[blink] @ opened ** np.arange(1, 4))
    off = np.abs(np.subtract(found, told))
    assert off.mean() < 0.3 * np.abs(found).mean()


def test_openness_is_none_on_the_mean_head_and_grows_with_the_gap(teacher):
    mean = teacher.template.model.mean
    np.testing.assert_allclose(teacher.template.openness(mean), 0, atol=1e-9)
    wider = mean.copy()
    wider[teacher.template.apertures[0] > 0, 1] += 0.02  # the left upper lid, 2 mm
    left, right = teacher.template.openness(wider)
    assert 0.1 < left < 0.5
    assert right == 0


def test_expressions_are_units_alone_and_mixtures(teacher):
    for step in range(20):
        units, asymmetry = teacher.draw(np.random.default_rng(step), 0, step)
        assert units.shape == asymmetry.shape == (6, 6)
        assert ((units[:3] > 0).sum(1) == 1).all()
        assert units.any(1).all()
        assert units[:, 5].max() <= 1
        assert np.abs(asymmetry).max() <= 0.15
        assert teacher.asked(units, asymmetry).shape == (6, 12)
