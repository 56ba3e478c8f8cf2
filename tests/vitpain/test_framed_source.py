import numpy as np

from painctl.aligner.framing import cut_frame
from painctl.aligner.shipped import shipped_aligner
from painctl.dataset.pairs import DatasetPairs
from painctl.shard.reader import Shard
from painctl.vitpain.framed_source import FramedSource


def test_faces_are_framed_by_located_landmarks(dataset_file):
    with Shard(dataset_file) as shard:
        source = DatasetPairs(shard)
        image, framed = source.picture(1), FramedSource(source)
        located = shipped_aligner().locate_in_frame(image).frame
        for _ in range(2):  # located, then remembered
            assert np.array_equal(framed.picture(1, 40), cut_frame(image, located, 40))
        assert framed.picture(1).shape == (len(image), len(image), 3)
        assert framed.landmarks(1) is None
        assert list(framed.names) == list(source.names)


def test_a_neutral_picture_is_framed_by_its_own_landmarks(dataset_file):
    with Shard(dataset_file) as shard:
        source = DatasetPairs(shard)
        framed, key = FramedSource(source), source.neutrals(1)[0]
        framed.picture(key, 40)
        located = shipped_aligner().locate_in_frame(source.neutral(key)).frame
        assert np.array_equal(framed.neutral(key, 40), cut_frame(source.neutral(key), located, 40))
