import numpy as np
import pytest
import torch

from painctl.likeness.network import Architecture
from painctl.likeness.samples import UNCHANGED, Samples, window_of
from painctl.likeness.training import initial_classifier, measure, train, vectors_of
from painctl.runs.fit import FitSettings
from painctl.runs.resume import Checkpointer

SMALL = Architecture(32, (8, 16), 16)


def small(people):
    return initial_classifier(people, 0, SMALL)


def test_people_who_are_new_to_it_are_told_apart(patterns):
    samples, others = Samples(patterns(12, 3), 32), Samples(patterns(6, 3, seed=9), 32)
    rows = []
    settings = FitSettings(epochs=30, batch_size=12, learning_rate=4e-3)
    encoder = train(small(12), samples, others, settings, log=rows.append)
    assert not encoder.training
    assert rows[-1].keys() == {"epoch", "loss", "auroc", "caught", "limit"}
    assert rows[-1]["auroc"] > 0.95
    vectors = vectors_of(encoder, others)
    assert vectors.shape == (18, 16)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


def test_a_resumed_training_ends_in_the_same_bits(patterns, tmp_path):
    samples, settings = Samples(patterns(4, 3), 32), FitSettings(epochs=2, batch_size=4)
    whole = train(small(4), samples, None, settings)
    checkpointer = Checkpointer(tmp_path / "state", {"run": 1})
    epochs = []

    def stop(row):
        if not epochs:
            epochs.append(row)
            raise KeyboardInterrupt

    for log in (stop, epochs.append):
        state = Checkpointer(tmp_path / "state", {"run": 1}, interval=0)
        try:
            resumed = train(small(4), samples, None, settings, state, log)
        except KeyboardInterrupt:
            assert checkpointer.path.exists()
    for one, other in zip(whole.state_dict().values(), resumed.state_dict().values(), strict=True):
        assert torch.equal(one, other)


def test_agreement_needs_pairs_of_both_kinds(patterns):
    encoder = small(2).encoder.eval()
    assert measure(encoder, Samples(patterns(1, 4), 32)) == {}
    assert measure(encoder, Samples(patterns(4, 1), 32)) == {}


def test_windows_change_with_the_epoch_and_not_with_the_order(patterns):
    samples = Samples(patterns(2, 2), 32)
    first, again, later = samples.window(1, 0), samples.window(1, 0), samples.window(1, 1)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, later)
    plain = samples.window(1, UNCHANGED)
    frame = np.eye(3)[:2] / 96  # the landmarks are where painctl's frames have them
    assert np.array_equal(plain, window_of(samples.source.picture(1), frame, 32))


def test_no_pictures_are_an_error(patterns):
    with pytest.raises(ValueError, match="no pictures to train on"):
        train(small(2), Samples(patterns(0, 1), 32), None, FitSettings())
