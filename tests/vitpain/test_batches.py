import io
import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from painctl.vitpain.batches import draw_batches, load_batches
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


class MadePairs:
    """Pictures of `side` pixels, read from a file that cannot be pickled; frame 7 is unreadable."""

    def __init__(self, side=8):
        self.side, self.file = side, io.BytesIO().getbuffer()

    def __getitem__(self, key):
        frame, epoch = key
        if frame == 7:
            raise ValueError("picture 7: damaged")
        picture = np.full((self.side, self.side, 3), frame, np.uint8)
        return picture, picture[:0], np.float32(frame), np.full(6, epoch, np.float32)


def loaded(pairs, batches, workers):
    return list(load_batches(pairs, batches, 3, workers, torch.device("cpu")))


@pytest.fixture(params=["forkserver", "spawn"])
def start_method(request):
    """The default from Python 3.14 on, and that of other systems; neither can send an open file to a worker."""
    before = multiprocessing.get_start_method(allow_none=True)
    multiprocessing.set_start_method(request.param, force=True)
    yield
    multiprocessing.set_start_method(before, force=True)


def test_workers_need_no_pickle_whatever_the_start_method(start_method):
    for number in (0, 2):
        (pain, neutral, pspi, units), second = loaded(MadePairs(), [[1, 2], [3, 4]], number)
        assert (pain.dtype, tuple(pain.shape), tuple(neutral.shape)) == (torch.uint8, (2, 8, 8, 3), (2, 0, 8, 3))
        assert (pspi.dtype, pspi.tolist(), units.tolist()) == (torch.float32, [1, 2], [[3] * 6] * 2)
        assert second[2].tolist() == [3, 4]


def test_an_error_in_a_worker_is_that_of_the_picture():
    for number in (0, 1):
        with pytest.raises(ValueError, match=r"^picture 7: damaged$"):
            loaded(MadePairs(), [[1, 2], [3, 7]], number)


def test_a_worker_that_dies_is_reported():
    class Dying(MadePairs):
        def __getitem__(self, key):
            os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(ValueError, match=r"--workers 1: .* use --workers 0"):
        loaded(Dying(), [[1]], 1)


def test_workers_ignore_the_signals_of_their_process_group():
    class Signalled(MadePairs):
        def __getitem__(self, key):
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
                os.kill(os.getpid(), number)
            return super().__getitem__(key)

    assert loaded(Signalled(), [[1]], 1)[0][2].tolist() == [1]


IN_SMALL_SHM = """
mount -t tmpfs -o size=64k tmpfs /dev/shm && exec "$0" -c '
import sys
sys.path.insert(0, sys.argv[1])
from test_batches import MadePairs, loaded
print(sum(len(batch[0]) for batch in loaded(MadePairs(256), [[1] * 16] * 4, 2)))' "$1"
"""


def test_workers_need_no_more_than_a_small_shm():
    """Docker gives 64 MB; a batch of 16 pictures of 256 pixels is 3 MB, and /dev/shm is 64 kB here."""
    command = ["unshare", "-m", "bash", "-c", IN_SMALL_SHM, sys.executable, str(Path(__file__).parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "unshare failed" in done.stderr or "mount:" in done.stderr:
        pytest.skip("no permission to mount a file system")
    assert (done.returncode, done.stdout) == (0, "64\n"), done.stderr
