import numpy as np
import pytest

EXPECTED = {
    *("brows", "lids", "upper_lids", "lower_lids", "nose", "lips", "cheeks", "eyes", "left_eye", "right_eye"),
    *("scalp", "neck", "ears", "forehead", "chin", "mouth_inside", "tongue", "face"),
}


@pytest.fixture
def weight(head):
    return head.topology.region


@pytest.fixture(scope="module")
def mirrored(head):
    """The mirror image of each vertex, by number."""
    from scipy.spatial import cKDTree

    distance, mirror_image = cKDTree(head.template).query(head.template * (-1, 1, 1))
    assert (distance < 1e-3).mean() > 0.99
    return mirror_image


def test_every_region_exists_with_memberships_from_0_to_1(head):
    assert EXPECTED.issubset(head.topology.region_names)
    assert head.topology.regions.min() >= 0
    assert head.topology.regions.max() <= 1
    assert (head.topology.regions.max(1) > 0.9).all()
    with pytest.raises(KeyError, match="no region 'knee'"):
        head.topology.region("knee")


def test_regions_are_symmetric(head, mirrored, weight):
    for name in ("brows", "nose", "lips", "cheeks", "scalp", "forehead", "chin", "face", "eyes"):
        difference = np.abs(weight(name) - weight(name)[mirrored])
        assert (difference < 0.35).mean() > 0.995, name


def test_left_is_left(head, weight):
    assert head.template[weight("left_eye") > 0, 0].min() > 0
    assert head.template[weight("right_eye") > 0, 0].max() < 0


def test_parts_add_up_to_the_whole(weight):
    np.testing.assert_array_equal(weight("eyes"), np.maximum(weight("left_eye"), weight("right_eye")))
    np.testing.assert_allclose(weight("upper_lids") + weight("lower_lids"), weight("lids"), atol=1e-6)


def test_skin_regions_barely_overlap(weight):
    for first, second in (("brows", "lids"), ("lips", "cheeks"), ("lips", "nose"), ("scalp", "face"), ("ears", "face")):
        assert np.minimum(weight(first), weight(second)).max() <= 0.5, (first, second)
    for inner in ("eyes", "tongue"):
        assert not weight("face")[weight(inner) > 0].any()


@pytest.mark.parametrize(
    ("action", "region"),
    [
        ("browDown", "brows"),
        ("cheekSquint", "cheeks"),
        ("eyeBlink", "upper_lids"),
        ("noseSneer", "nose"),
        ("mouthUpperUp", "lips"),
    ],
)
def test_an_action_moves_the_region_it_is_named_for(head, weight, action, region):
    """More than it moves the face at large."""
    topology = head.topology
    both = sum(topology.actions[topology.action_names.index(action + side)] for side in ("Left", "Right"))
    moved = np.linalg.norm(both, axis=1)
    assert np.average(moved, weights=weight(region)) > 1.2 * np.average(moved, weights=weight("face"))
