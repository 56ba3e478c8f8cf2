import numpy as np
import pytest

from painctl.vitpain.batches import draw_batches
from painctl.vitpain.settings import TrainingSettings


def test_frames_are_drawn_by_weight():
    pspi = np.array([0] * 500 + [3] * 500)
    weighted = TrainingSettings(pain_weight=2.0, batch_size=50)
    drawn = np.concatenate([draw_batches(pspi, epoch, weighted) for epoch in range(20)])
    assert drawn.shape == (20 * 20, 50)
    assert (pspi[drawn] >= 1).mean() == pytest.approx(2 / 3, abs=0.01)
    assert np.array_equal(drawn[60:80], draw_batches(pspi, 3, weighted))


def test_without_weights_every_frame_comes_once_and_the_last_batch_is_filled():
    batches = draw_batches(np.arange(22), 0, TrainingSettings(batch_size=8))
    assert batches.shape == (3, 8)
    assert sorted(batches.ravel()[:22]) == list(range(22))
    assert not np.array_equal(batches, draw_batches(np.arange(22), 1, TrainingSettings(batch_size=8)))
    assert draw_batches(np.arange(3), 0, TrainingSettings(batch_size=8)).shape == (1, 8)
