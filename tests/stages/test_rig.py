"""Other facial actions in the rig stage: they change faces, and nothing that a label or a heatmap says."""

import numpy as np
import pytest
from made_steps import rig, write_ids

from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.other_sampling import OtherActions
from painctl.shard.reader import Shard
from painctl.shard.seal import ShardError
from painctl.stages.step import transform

LABELS = (*ACTION_UNITS, "PSPI", "asymmetry", "identity_row", "expression")


@pytest.fixture(scope="module")
def ids(head, tmp_path_factory):
    path = tmp_path_factory.mktemp("rig") / "ids.h5"
    write_ids(3, 11, path)
    return path


@pytest.fixture(scope="module")
def rigged(ids):
    """Shards with each kind of other actions, by name."""
    paths = {}
    for text in ("none", "natural", "uniform", "smile=0.8"):
        paths[text] = ids.with_name(f"{text}.h5")
        transform(rig(12, high=6, other=OtherActions.parse(text)), ids, paths[text])
    return paths


def columns(path, *names):
    with Shard(path) as shard:
        return [shard.read("expressions", name) for name in names]


def test_labels_do_not_depend_on_other_actions(rigged):
    expected = columns(rigged["none"], *LABELS)
    for path in rigged.values():
        for column, values in zip(expected, columns(path, *LABELS), strict=True):
            np.testing.assert_array_equal(column, values)


def test_the_neutral_is_exactly_the_head(rigged):
    for path in rigged.values():
        with Shard(path) as shard:
            owner, number, vertices = (shard.read("expressions", n) for n in ("identity_row", "expression", "vertices"))
            neutral = shard.read("meshes", "vertices")
            np.testing.assert_array_equal(vertices[number == 0], neutral[owner[number == 0]])
            others = np.array(shard.read("expressions", "other"))
            assert (others[number == 0] == "").all()


def test_faces_without_units_have_no_heat_whatever_else_they_do(rigged):
    for text in ("natural", "uniform", "smile=0.8"):
        pspi, heat, vertices, other = columns(rigged[text], "PSPI", "heatmap", "vertices", "other")
        moved = (pspi == 0) & (np.array(other) != "")
        assert moved.sum() > 2
        assert heat[pspi == 0].max() == 0
        assert np.ptp(vertices[moved], axis=0).max() > 0.005


def test_heat_is_that_of_the_units_alone(head, rigged):
    """Units and actions add up except around the eyes, where lids that would touch are held apart."""
    lids = head.topology.grown(head.topology.lid_margins(), 10)
    (alone,), (beside,) = columns(rigged["none"], "heatmap"), columns(rigged["natural"], "heatmap")
    np.testing.assert_allclose(alone[:, ~lids], beside[:, ~lids], atol=1e-3)
    assert np.abs(alone - beside).max() < 0.3


def test_activations_are_those_beyond_the_six_units(head, rigged):
    names = head.topology.action_names
    other, rows = columns(rigged["natural"], "other", "activations")
    units = [
        names.index(f"{shape}{side}") for shape in ("browDown", "eyeBlink", "noseSneer") for side in ("Left", "Right")
    ]
    assert not rows[:, units].any()
    np.testing.assert_array_equal(rows.any(axis=1), np.array(other) != "")
    assert 0.4 < np.mean(np.array(other) != "") < 0.9
    with Shard(rigged["none"]) as shard:
        assert {"other", "activations"}.isdisjoint(c.name for c in shard.columns("expressions"))
    assert columns(rigged["smile=0.8"], "other")[0][:3] == ["", "smile", "smile"]


def test_faces_do_not_depend_on_how_people_are_cut_into_shards(ids, rigged, tmp_path):
    write_ids(3, 11, tmp_path / "one.h5", people=range(2, 3))
    transform(rig(12, high=6, other=OtherActions.parse("natural")), tmp_path / "one.h5", tmp_path / "cut.h5")
    owner, *whole = columns(rigged["natural"], "identity_row", "other", "activations", "vertices", "heatmap")
    for values, part in zip(
        whole, columns(tmp_path / "cut.h5", "other", "activations", "vertices", "heatmap"), strict=True
    ):
        np.testing.assert_array_equal(np.array(values)[owner == 2], np.array(part))


def test_the_history_says_which(rigged):
    for text, recorded in (("natural", "natural"), ("none", "none"), ("smile=0.8", [{"smile": 0.8}])):
        with Shard(rigged[text]) as shard:
            assert shard.history[-1]["other"] == recorded
            assert shard.history[-1]["prior"] == "uniform"


def test_heads_without_the_actions_are_named_once(write_shard, tmp_path):
    toy = write_shard("toy.h5", [0, 1], without=("expressions", "frames"))
    step = rig(3, engine="blendshapes", other=OtherActions.parse("smile"))
    with pytest.raises(ShardError, match=r"toy\.h5: topology/action_names has no mouthSmile, .* --other none"):
        transform(step, toy, tmp_path / "faces.h5")
    assert not (tmp_path / "faces.h5").exists()
