import pytest
import torch

from painctl.aligner.stem import Stem


@pytest.mark.parametrize(("side", "patches"), [(96, 6), (64, 4), (50, 4)])
def test_a_stem_makes_a_coarse_map_of_features(side, patches):
    assert Stem((16, 32, 64))(torch.zeros(2, 1, side, side)).shape == (2, 64, patches, patches)
    assert Stem.side(side, 3) == patches
