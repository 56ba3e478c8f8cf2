import numpy as np

from painctl.aligner.samples import UNCHANGED, Samples


def test_the_labels_are_where_the_dots_are(dots):
    source = dots(4)
    samples = Samples(source, 160)
    for i in range(4):
        for epoch in range(3):
            window, points, visible, pose = samples.sample(i, UNCHANGED - epoch)  # another displacement for each
            if epoch:
                continue
            inside = (points > 0.05).all(axis=1) & (points < 0.95).all(axis=1)
            assert inside.sum() > 30
            for x, y in 160 * points[inside] - 0.5:
                assert window[round(y), round(x), 1] > 120
            assert not visible[~((points >= 0) & (points <= 1)).all(axis=1)].any()
            assert abs(pose[0]) == np.float32(2 * i / 45)
            assert pose[1] == np.float32(-5 / 45)


def test_a_sample_depends_on_seed_picture_and_epoch_only(dots):
    first, repeated, other = (Samples(dots(3), 48, seed) for seed in (0, 0, 1))
    sample = first.sample(1, 2)
    repeated.sample(0, 2), repeated.sample(1, 1)
    assert all(np.array_equal(a, b) for a, b in zip(sample, repeated.sample(1, 2), strict=True))
    for changed in (other.sample(1, 2), first.sample(1, 3)):
        assert not np.array_equal(sample.window, changed.window)


def test_both_sides_are_trained_as_often(dots):
    samples = Samples(dots(1), 32)
    sides = [samples.source.labels(0)[1][17] == samples.sample(0, epoch).visible[17] for epoch in range(60)]
    assert 15 < sum(sides) <= 60
