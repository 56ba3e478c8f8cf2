import numpy as np

from painctl.face.anny_shape import draw_shape
from painctl.face.identity import draw_identity
from painctl.face.phenotype import PHENOTYPES


def test_phenotypes_follow_the_demographics(head):
    names = head.topology.coefficient_names
    changes = names[len(PHENOTYPES) :]

    def drawn(*group):
        values = [draw_shape(np.random.default_rng(seed), changes, *group) for seed in range(20)]
        return dict(zip(names, np.mean(values, 0), strict=True))

    man, woman = drawn(30.0, "man", "White"), drawn(70.0, "woman", "East Asian")
    assert man["gender"] < 0.12 < 0.88 < woman["gender"]
    assert man["age"] < woman["age"]
    assert man["caucasian"] > 0.8
    assert woman["asian"] > 0.8
    assert woman["head-age-incr"] > 0.2
    assert man["head-age-incr"] == 0


def test_local_changes_are_moderate(head):
    """On Anny's scale of -1..1 about 0.1 changes a face, and more than 0.5 is a caricature."""
    drawn = np.stack(
        [
            person.coefficients[len(PHENOTYPES) :]
            for person in [draw_identity(head, 3, index, "young", "woman", "White") for index in range(60)]
        ]
    )
    spread = drawn.std(0)[drawn.std(0) > 0.02]  # less: a mean that shifts with the shares of origin
    assert len(spread) > 100
    assert 0.05 < spread.min() <= spread.max() < 0.35


def test_left_and_right_are_correlated_but_not_equal(head, people):
    names = head.topology.coefficient_names
    drawn = np.stack([person.coefficients for person in people[0]])
    left = [k for k, name in enumerate(names) if name.startswith("l-") and drawn[:, k].std() > 0]
    right = [names.index("r-" + names[k][2:]) for k in left]
    assert len(left) > 10
    for left_column, right_column in zip(left, right, strict=True):
        assert 0.7 < np.corrcoef(drawn[:, left_column], drawn[:, right_column])[0, 1] < 1
