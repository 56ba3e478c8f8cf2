"""BioVid: videos whose name states the level of the stimulus, which takes the place of PSPI."""

import shutil

import numpy as np
import pytest

from painctl.corpora.faults import summarise
from painctl.corpora.recognise import open_corpus


def opened(path, every=1):
    return open_corpus(path, crop="none", every=every)


def test_the_level_is_the_label_and_no_unit_is_coded(biovid):
    corpus = opened(biovid)
    assert (len(corpus), corpus.faults, corpus.label) == (12, (), "pain level")
    assert corpus.names[0] == "071309_w_21-BL1-081/001"
    assert [corpus.pspi[["BL1" in name for name in corpus.names]].max(), set(corpus.pspi)] == [0, {0, 4}]
    assert np.isnan(corpus.aus).all()
    assert {name: set(values) for name, values in corpus.groups.items()} == {
        "gender": {"man", "woman"},
        "age_group": {"18-35", "51-65"},
    }
    for i in range(len(corpus)):
        assert all("BL1" in corpus.names[corpus.keys.tolist().index(key)] for key in corpus.neutrals(i))


def test_one_frame_a_second_is_used_and_it_is_recognised_from_its_parts(biovid):
    corpus = open_corpus(biovid)
    assert len(corpus) == 4
    assert corpus.picture(3).shape == (256, 256, 3)
    for part in ("video", "video/071309_w_21", ".."):
        assert opened(biovid / part, every=2).names[0] == "071309_w_21-BL1-081/001"


def test_missing_and_broken_videos_are_counted_and_the_rest_is_read(biovid):
    (biovid / "video/071309_w_21/071309_w_21-PA4-006.mp4").write_bytes(b"no video")
    shutil.rmtree(biovid / "video/080309_m_52")
    corpus = opened(biovid)
    assert len(corpus) == 3
    assert summarise(corpus.faults) == [
        "2 samples without a video, left out: 080309_m_52-BL1-081, 080309_m_52-PA4-006",
        "1 videos that cannot be read, left out: 071309_w_21-PA4-006.mp4 "
        "(not a picture, a painctl shard or a video that can be read)",
    ]
    (biovid / "video/071309_w_21/071309_w_21-BL1-081.mp4").write_bytes(b"no video")
    with pytest.raises(ValueError, match="none of 0 frames is usable; 2 samples without a video"):
        opened(biovid)
