from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painctl.dataset.split import assign, sizes

RATIOS = (70, 20, 10)
STRATA = list(product(("elderly", "young"), ("man", "woman"), ("Black", "East Asian", "Latino", "White")))
people = st.lists(st.sampled_from(STRATA), min_size=1, max_size=120)


def keyed(strata):
    return [(7, row) for row in range(len(strata))]


@pytest.mark.parametrize(
    ("count", "expected"),
    [(2500, [1750, 500, 250]), (4, [3, 1, 0]), (1, [1, 0, 0]), (10, [7, 2, 1]), (8, [5, 2, 1]), (0, [0, 0, 0])],
)
def test_sizes_are_shares_by_largest_remainder(count, expected):
    assert sizes(count, RATIOS).tolist() == expected


@pytest.mark.parametrize("ratios", [(0, 0, 0), (-1, 2, 0), (float("nan"), 1, 1), (float("inf"), 1, 1)])
def test_invalid_shares_are_rejected(ratios):
    with pytest.raises(ValueError, match="expected shares"):
        sizes(10, ratios)


@given(people, st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_totals_are_exact_and_every_stratum_is_within_two_of_its_share(strata, seed):
    split = assign(keyed(strata), strata, RATIOS, seed)
    np.testing.assert_array_equal(np.bincount(split, minlength=3), sizes(len(strata), RATIOS))
    shares = sizes(len(strata), RATIOS) / len(strata)
    for groups in (strata, [stratum[:1] for stratum in strata]):
        counts = Counter(zip(groups, split.tolist(), strict=True))
        for group, size in Counter(groups).items():
            assert all(abs(counts[group, row] - share * size) < 2 for row, share in enumerate(shares))


@given(people, st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_split_does_not_depend_on_the_order(strata, random):
    rows = list(range(len(strata)))
    random.shuffle(rows)
    split = assign(keyed(strata), strata, RATIOS, 0)
    shuffled = assign([(7, row) for row in rows], [strata[row] for row in rows], RATIOS, 0)
    np.testing.assert_array_equal(shuffled, split[rows])


def test_the_seed_determines_the_split():
    strata = STRATA * 4
    assert any(
        (assign(keyed(strata), strata, RATIOS, 1) != assign(keyed(strata), strata, RATIOS, s)).any() for s in (2, 3)
    )


def test_at_the_published_size_every_group_has_its_shares():
    strata = [STRATA[row % len(STRATA)] for row in range(2500)]
    split = assign(keyed(strata), strata, RATIOS, 0)
    for group in STRATA:
        group_split = split[[stratum == group for stratum in strata]]
        np.testing.assert_allclose(np.bincount(group_split, minlength=3) / len(group_split), (0.7, 0.2, 0.1), atol=0.02)
