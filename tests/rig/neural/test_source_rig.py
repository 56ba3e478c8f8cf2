import numpy as np

from painctl.rig.neural.controls import FIELDS
from painctl.rig.neural.head_tensors import UNIT
from painctl.rig.neural.source_rig import people


def test_people_are_those_of_sample_ids(head, tmp_path):
    from made_steps import write_ids

    from painctl.shard.reader import Shard

    write_ids(3, 4, tmp_path / "ids.h5")
    with Shard(tmp_path / "ids.h5") as shard:
        np.testing.assert_array_equal(shard.read("meshes", "vertices"), np.stack(list(people(head, 3, 4))))


def test_the_mean_heads_fields_are_one_sided(source):
    fields = source.mean_fields().reshape(len(source.skin), len(FIELDS), 3)
    x = source.mean[source.skin, 0]
    length = np.linalg.norm(fields[:, :12], axis=2).reshape(-1, 6, 2)
    assert (length.max(0) > 0.02).all()  # every control moves something by 2 mm
    for side, sign in enumerate((1, -1)):
        own_side, far_side = length[sign * x > 0.005, :, side].sum(0), length[sign * x < -0.005, :, side].sum(0)
        assert (far_side < 0.25 * own_side).all()
    symmetric = source.displacements(source.mean, np.array([[5, 0, 0, 0, 0, 0]]), np.zeros((1, 6)))[0, source.skin]
    np.testing.assert_allclose(UNIT * symmetric, fields[:, :2].sum(1), atol=2e-3)


def test_a_squint_moves_closed_lids_less(source, head):
    fields = source.mean_fields().reshape(len(source.skin), len(FIELDS), 3)
    lower = head.topology.region("lower_lids")[source.skin] > 0.5
    for side in ("left", "right"):
        opened, closed = (
            np.abs(fields[lower, FIELDS.index(f"AU7 {side}{end}"), 1]).sum() for end in ("", " under closed lids")
        )
        assert closed < 0.7 * opened


def test_eyes_that_are_wider_open_close_farther(source):
    """The strength of a blink of new people is predicted by how far the eye is open."""
    coefficients = source.openness_coefficients(16)
    blink = FIELDS.index("AU43 left")
    mean, actual, predicted = source._fields(source.mean)[:, blink], [], []
    for neutral in list(people(source.head, 6, 77)):
        field = source._fields(neutral.astype(float))[:, blink]
        actual.append((field * mean).sum() / np.square(mean).sum() - 1)
        openness = source.template.openness(UNIT * neutral[source.skin])[0]
        predicted.append(coefficients[blink] @ openness ** np.arange(1, 4))
    off = np.abs(np.subtract(actual, predicted))
    assert off.mean() < 0.3 * np.abs(actual).mean()


def test_openness_is_zero_on_the_mean_head_and_grows_with_the_gap(source):
    mean = source.template.model.mean
    np.testing.assert_allclose(source.template.openness(mean), 0, atol=1e-9)
    wider = mean.copy()
    wider[source.template.apertures[0] > 0, 1] += 0.02  # the left upper lid, 2 mm
    left, right = source.template.openness(wider)
    assert 0.1 < left < 0.5
    assert right == 0


def test_expressions_are_single_units_and_mixtures(source):
    for example in range(20):
        units, asymmetry = source.draw(np.random.default_rng(example), 0, example)
        assert units.shape == asymmetry.shape == (6, 6)
        assert ((units[:3] > 0).sum(1) == 1).all()
        assert units.any(1).all()
        assert units[:, 5].max() <= 1
        assert np.abs(asymmetry).max() <= 0.15
        assert source.activations(units, asymmetry).shape == (6, 12)
