import numpy as np

from painctl.runs.draws import draws


def test_draws_depend_on_seed_identity_and_purpose_only():
    first = draws(3, 7, "pose").random(4)
    draws(3, 7, "light").random(4)
    assert np.array_equal(draws(3, 7, "pose").random(4), first)
    for key in ((4, 7, "pose"), (3, 8, "pose"), (3, 7, "light")):
        assert not np.array_equal(draws(*key).random(4), first)
