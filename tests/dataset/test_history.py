import pytest

from painctl.dataset.history import licences, merge

DRAW = {"stage": "sample-ids", "version": "1", "seed": 7, "number": 4}
RIG = {"stage": "rig", "version": "1", "pspi": [0, 16]}


def test_equal_histories_are_merged_into_one():
    assert merge([("a", [DRAW, RIG]), ("b", [DRAW, RIG])]) == [DRAW, RIG]


def test_samples_with_several_seeds_merge_in_any_order():
    histories = [("a", [DRAW, RIG]), ("b", [{**DRAW, "seed": 10}, RIG]), ("c", [{**DRAW, "seed": 9}, RIG])]
    merged = merge(histories)
    assert merged == merge(histories[::-1])
    assert merged == [{"stage": "sample-ids", "version": "1", "number": 4, "varied": {"seed": [7, 9, 10]}}, RIG]


def test_later_options_must_agree():
    histories = [("a.h5", [DRAW, RIG]), ("b.h5", [DRAW, {**RIG, "pspi": [4, 8]}])]
    with pytest.raises(ValueError, match=r"rig had pspi \[0, 16\] in a.h5 and \[4, 8\] in b.h5; --mix"):
        merge(histories)
    assert merge(histories, mix=True)[1]["varied"] == {"pspi": [[0, 16], [4, 8]]}


def test_a_missing_option_is_reported_and_mixed():
    histories = [("a", [DRAW, RIG]), ("b", [DRAW, {"stage": "rig", "version": "1", "au": {"AU4": 3}}])]
    with pytest.raises(ValueError, match="rig had au None in a"):
        merge(histories)
    assert merge(histories, mix=True)[1]["varied"] == {"au": [None, {"AU4": 3}], "pspi": [[0, 16], None]}


def test_different_stages_are_rejected_even_with_mix():
    with pytest.raises(ValueError, match=r"a was made by sample-ids \| rig, b by sample-ids"):
        merge([("a", [DRAW, RIG]), ("b", [DRAW])], mix=True)


def test_many_values_are_counted_not_listed():
    merged = merge((str(seed), [{**DRAW, "seed": seed}]) for seed in range(500))
    assert merged[0]["varied"] == {"seed": "500 values"}


def test_a_licence_has_its_stage_even_if_only_some_shards_have_it():
    bound = {"stage": "texture", "licence": "not on Mars"}
    assert licences([DRAW, bound, bound, RIG]) == {"not on Mars": "texture"}
    merged = merge([("a", [DRAW, bound]), ("b", [DRAW, {"stage": "texture"}])], mix=True)
    assert licences(merged) == {"not on Mars": "texture"}
    assert licences([DRAW, RIG]) == {}
