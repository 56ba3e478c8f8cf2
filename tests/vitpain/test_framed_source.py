import numpy as np

from painctl.aligner.framing import cut_frame, frame_of
from painctl.aligner.shipped import shipped_aligner
from painctl.dataset.pairs import DatasetPairs
from painctl.shard.reader import Shard
from painctl.vitpain.framed_source import FramedSource


def test_faces_are_framed_by_their_landmarks_or_by_located_ones(dataset_file):
    with Shard(dataset_file) as shard:
        source = DatasetPairs(shard)
        image, points = source.picture(1), source.landmarks(1)
        given, located = FramedSource(source), FramedSource(source, located=True)
        assert np.array_equal(given.picture(1, 40), cut_frame(image, frame_of(points), 40))
        found = shipped_aligner().locate_in_frame(image).frame
        assert np.array_equal(located.picture(1, 40), cut_frame(image, found, 40))
        assert given.picture(1).shape == (len(image), len(image), 3)
        assert given.landmarks(1) is None
        assert list(given.names) == list(source.names)
