import numpy as np
import pytest

from painctl.dataset.landmark_frames import LandmarkFrames
from painctl.images.encode import decode_rgb
from painctl.records import SPLITS
from painctl.shard.reader import Shard
from painctl.shard.seal import ShardError


def test_frames_of_a_split_have_their_labels(dataset_file):
    with Shard(dataset_file) as shard:
        read = shard.read
        parts = {split: LandmarkFrames(shard, split) for split in SPLITS}
        whole = LandmarkFrames(shard)
        assert len(whole) == sum(map(len, parts.values())) == shard.rows("frames")
        people = read("split", "split")[read("frames", "identity_row")]
        for number, split in enumerate(SPLITS):
            rows = np.flatnonzero(people == number)
            assert len(parts[split]) == len(rows)
            for i, row in enumerate(rows.tolist()):
                points, visible, yaw, pitch = parts[split].labels(i)
                assert np.array_equal(points, read("frames", "landmarks", row))
                assert np.array_equal(visible, read("frames", "landmarks_visible", row))
                assert (yaw, pitch) == (read("frames", "yaw")[row], read("frames", "pitch")[row])
        assert np.array_equal(whole.picture(3), decode_rgb(read("frames", "image", 3), "frame"))


def test_a_shard_that_is_not_a_dataset_is_rejected(portraits):
    with Shard(portraits) as shard, pytest.raises(ShardError):
        LandmarkFrames(shard)
