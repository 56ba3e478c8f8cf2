import numpy as np

from painctl.pain.action_units import pspi
from painctl.vitpain import pairs as pairs_module
from painctl.vitpain.backbones import Preprocess
from painctl.vitpain.pairs import Pairs, Variation
from painctl.vitpain.sources import blank_picture


def test_items_depend_on_seed_frame_and_epoch_only(drawn_faces):
    source = drawn_faces([1, 2], 3)
    first, repeated, other_seed = (Pairs(source, Preprocess(32), seed) for seed in (0, 0, 1))
    item = first[4, 2]
    repeated[3, 2], repeated[4, 1]
    assert all(np.array_equal(a, b) for a, b in zip(item, repeated[4, 2], strict=True))
    for changed in (other_seed[4, 2], first[4, 3]):
        assert not np.array_equal(item[0], changed[0])
    assert item[2] == source.pspi[4]
    assert np.array_equal(item[3], source.aus[4])


def test_epoch_minus_one_gives_the_unchanged_picture(drawn_faces):
    source = drawn_faces([1], 3)
    pain, neutral = Pairs(source, Preprocess(48))[2, -1][:2]
    assert np.array_equal(pain, source.picture(2))
    assert np.array_equal(neutral, source.neutral(source.neutrals(2)[0]))


def test_each_picture_is_read_once(drawn_faces):
    source, reads = drawn_faces([1], 2), []
    for kind in ("picture", "neutral"):
        read = getattr(source, kind)
        setattr(source, kind, lambda key, side, kind=kind, read=read: reads.append((kind, key)) or read(key, side))
    pairs = Pairs(source, Preprocess(32))
    for epoch in range(3):
        pairs[0, epoch], pairs[1, epoch]
    assert sorted(reads) == [("neutral", 4), ("picture", 0), ("picture", 1)]


def test_training_draws_among_the_first_neutrals_and_testing_uses_them_all(drawn_faces, monkeypatch):
    source = drawn_faces([1], 2)
    source.neutral = lambda key, side: np.full((40, 40, 3), key, np.uint8)
    monkeypatch.setattr(pairs_module, "augment", lambda pain, neutral, rng: (pain, neutral))
    pairs = Pairs(source, Preprocess(32), shots=3)
    drawn = {int(pairs[1, epoch][1][0, 0, 0]) for epoch in range(40)}
    assert drawn == {4, 5, 6}
    assert [int(neutral[0, 0, 0]) for _, neutral in pairs.references(1)] == [4, 5, 6]


def test_a_reference_may_be_any_frame_of_the_person_and_the_target_is_their_difference(drawn_faces):
    source = drawn_faces([1, 2], 4)
    pairs = Pairs(source, Preprocess(48), signed=True)
    targets = {float(pairs[3, epoch][2]) for epoch in range(60)}
    possible = {float(source.pspi[3] - source.pspi[i]) for i in range(4)} | {float(source.pspi[3])}
    assert targets == possible
    assert pairs[3, -1][2] == source.pspi[3]


def test_a_share_of_the_references_is_blank_by_seed_frame_and_epoch(drawn_faces):
    source = drawn_faces([1, 2], 4)
    whole, dropped, repeated = (
        Pairs(source, Preprocess(32), 3, variation=Variation(reference_dropout=share)) for share in (0.0, 0.25, 0.25)
    )
    keys = [(frame, epoch) for epoch in range(50) for frame in range(8)]
    blank = [bool((dropped[key][1] == blank_picture(32)).all()) for key in keys]
    assert 70 < sum(blank) < 130  # of 400: beyond three standard deviations in 1 of 1000
    assert blank != [blank[0]] * len(blank)
    for key, is_blank in zip(reversed(keys), reversed(blank), strict=True):
        assert np.array_equal(dropped[key][0], whole[key][0])
        assert np.array_equal(dropped[key][1], repeated[key][1])
        assert np.array_equal(dropped[key][1], whole[key][1]) is not is_blank
    assert all(np.array_equal(dropped[frame, -1][1], whole[frame, -1][1]) for frame in range(8))


def test_a_share_of_the_faces_is_at_rest_by_seed_frame_and_epoch(drawn_faces):
    source = drawn_faces([1, 2], 4)
    source.pspi[:], source.aus[:] = 7, 2
    source.picture = lambda key, side: np.full((40, 40, 3), 200, np.uint8)
    source.neutral = lambda key, side: np.full((40, 40, 3), key, np.uint8)
    calm, repeated = (Pairs(source, Preprocess(32), 3, variation=Variation("none", rest_share=0.25)) for _ in range(2))
    keys = [(frame, epoch) for epoch in range(50) for frame in range(8)]
    items = {key: calm[key] for key in keys}
    at_rest = {key for key, (pain, *_) in items.items() if pain[0, 0, 0] != 200}
    assert 70 < len(at_rest) < 130  # of 400: beyond three standard deviations in 1 of 1000
    for (frame, epoch), (pain, neutral, score, aus) in items.items():
        labels = (0, [0] * 6) if (frame, epoch) in at_rest else (7, [2] * 6)
        assert (score, aus.tolist()) == labels
        assert np.array_equal(pain, repeated[frame, epoch][0])
        assert neutral[0, 0, 0] == source.neutrals(frame)[0]
    drawn = {int(items[key][0][0, 0, 0]) for key in at_rest if key[0] < 4}
    assert drawn == set(source.neutrals(0))
    assert all(calm[frame, -1][2] == 7 for frame in range(8))


def test_beside_any_picture_the_labels_are_what_the_face_shows_beyond_it(drawn_faces):
    source = drawn_faces([1, 2], 4)
    source.aus[:4] = [[3, 2, 0, 4, 0, 1], [1, 0, 5, 1, 0, 1], [4, 4, 4, 4, 4, 0], [0, 0, 0, 0, 0, 0]]
    source.pspi[:4] = pspi(source.aus[:4])
    source.picture = lambda key, side: np.full((40, 40, 3), 10 * key, np.uint8)
    source.neutral = lambda key, side: np.full((40, 40, 3), 200, np.uint8)
    compared = Pairs(source, Preprocess(32), 3, variation=Variation("none", any_reference=0.5))
    drawn = {}
    for epoch in range(60):
        _, reference, score, units = compared[0, epoch]
        drawn[int(reference[0, 0, 0])] = (float(score), units.tolist())
    assert drawn == {
        0: (0, [0, 0, 0, 0, 0, 0]),
        10: (7, [2, 2, 0, 3, 0, 0]),
        20: (1, [0, 0, 0, 0, 0, 1]),
        30: (10, [3, 2, 0, 4, 0, 1]),
        200: (10, [3, 2, 0, 4, 0, 1]),
    }
    assert compared[0, -1][2] == 10


def test_labels_without_some_units_are_compared_by_those_that_are_coded_or_by_the_label(drawn_faces):
    source = drawn_faces([1, 2], 4)
    source.aus = source.aus.astype(float)
    source.aus[:4] = [[3, 0, 0, 1, 0, 0], [1, 2, 0, 4, 0, 0], [0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0]]
    source.aus[:, [2, 4, 5]] = np.nan
    source.pspi = np.nansum(source.aus, axis=1)
    source.picture = lambda key, side: np.full((40, 40, 3), 10 * key, np.uint8)
    source.neutral = lambda key, side: np.full((40, 40, 3), 200, np.uint8)

    def beyond(variation):
        compared = Pairs(source, Preprocess(32), 3, variation=variation)
        items = [compared[0, epoch] for epoch in range(60)]
        assert all(np.isnan(units[[2, 4, 5]]).all() for *_, units in items)
        return {int(reference[0, 0, 0]): float(score) for _, reference, score, _ in items}

    assert beyond(Variation("none", any_reference=0.8)) == {0: 0, 10: 2, 20: 4, 30: 4, 200: 4}
    source.pspi = np.array([4, 1, 0, 0, 0, 1, 2, 3])  # levels, which do not follow from units
    assert beyond(Variation("none", any_reference=0.8)) == {0: 0, 10: 3, 20: 4, 30: 4, 200: 4}
    at_rest = Pairs(source, Preprocess(32), 3, variation=Variation("none", rest_share=0.99))[0, 1]
    assert at_rest[2] == 0
    assert np.array_equal(at_rest[3], [0, 0, np.nan, 0, np.nan, np.nan], equal_nan=True)
