"""Pictures of shards with and without other facial actions."""

import numpy as np
import pytest
from made_steps import depth, portraits, rig, textures, views, write_ids

from painctl.images.encode import decode
from painctl.pain.other_sampling import OtherActions
from painctl.shard.reader import Shard
from painctl.stages.step import transform


@pytest.fixture(scope="module")
def rendered(head, tmp_path_factory):
    """Frames of the same people and units, without other actions and with drawn ones, by the text of --other."""
    folder = tmp_path_factory.mktemp("views")
    write_ids(2, 11, folder / "ids.h5")
    source = folder / "ids.h5"
    for step in (depth(), portraits(), textures()):
        transform(step, source, folder / f"{step.stage}.h5")
        source = folder / f"{step.stage}.h5"
    paths = {}
    for text in ("none", "natural", "brows-up"):
        paths[text] = folder / f"{text}.h5"
        faces = folder / f"{text}-faces.h5"
        transform(rig(6, other=OtherActions.parse(text)), source, faces)
        transform(views((0.0,), picture="png"), faces, paths[text])
    return paths


def frames(path, *names):
    with Shard(path) as shard:
        return [shard.read("frames", name) for name in names]


def test_faces_without_other_actions_look_the_same_in_a_shard_that_has_some(rendered):
    with Shard(rendered["natural"]) as shard:
        moved = np.array(shard.read("expressions", "other"))[shard.read("frames", "expression_row")] != ""
    assert 2 < moved.sum() < len(moved) - 2
    plain, with_others = (frames(rendered[text], "image")[0] for text in ("none", "natural"))
    same = np.array([a == b for a, b in zip(plain, with_others, strict=True)])
    assert same[~moved].all()
    assert not same[moved].any()


def test_folds_change_the_picture_of_the_skin_alone(rendered, monkeypatch):
    """With the folds of raised brows left out, only skin above the brows differs; mask, heat and landmarks stay."""
    monkeypatch.setattr("painctl.stages.render_views.fold_shares", lambda activations, names: np.zeros((6, 2)))
    bare = rendered["brows-up"].with_name("bare.h5")
    transform(views((0.0,), picture="png"), rendered["brows-up"].with_name("brows-up-faces.h5"), bare)
    names = ("mask", "heatmap", "landmarks", "landmarks_visible")
    folded, smooth = (frames(path, "image", "mask", *names) for path in (rendered["brows-up"], bare))
    for one, other in zip(folded[1:], smooth[1:], strict=True):
        np.testing.assert_array_equal(one, other)
    with Shard(rendered["brows-up"]) as shard:
        others = np.array(shard.read("expressions", "other"))[shard.read("frames", "expression_row")]
        landmarks = shard.read("frames", "landmarks")
    for other, one, two, points in zip(others, folded[0], smooth[0], landmarks, strict=True):
        differs = np.abs(decode(one).astype(int) - decode(two)).max(2) > 8
        assert differs.any() == bool(other)
        assert not differs[int(points[17:27, 1].max()) + 2 :].any()
