"""A FLAME head through every stage: none of them knows it, and what comes out passes what the open head passes."""

import h5py
import made_steps
import numpy as np
import pytest

from painctl.dataset import gather
from painctl.images.encode import decode
from painctl.pain.action_units import ACTION_UNITS
from painctl.shard.reader import Shard
from painctl.stages.inspect import write_sheet
from painctl.stages.pack import write


def chained(folder, people=2, head="anny", **head_options):
    """Shards of every stage, small."""
    folder.mkdir()
    made_steps.write_ids(people, 4, folder / "ids.h5", head=head, **head_options)
    source = made_steps.chain(
        folder / "ids.h5",
        made_steps.depth(128),
        made_steps.portraits(),
        made_steps.textures(engine="bake"),
        made_steps.rig(scores=(4, 16)),
        made_steps.views(),
    )
    write(gather.plan_dataset([source], made_steps.pack_options(ratios=(100, 0, 0))), folder / "data.h5", "h5")
    return folder


@pytest.fixture(scope="module")
def flames(flame_file, flame_cache, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAINCTL_CACHE", str(flame_cache))
        return chained(tmp_path_factory.mktemp("flame") / "chain", head="flame", model=flame_file)


@pytest.fixture(scope="module")
def opens(head, tmp_path_factory):
    return chained(tmp_path_factory.mktemp("open") / "chain", people=1)


def columns(path):
    with h5py.File(path) as file:
        return {
            f"{table}/{name}": (column.dtype, column.ndim)
            for table, group in file.items()
            for name, column in group.items()
        }


@pytest.mark.parametrize("name", ["ids", "render-depth", "synth-neutral", "texture", "rig", "render-views", "data"])
def test_the_tables_are_those_of_the_open_head(flames, opens, name):
    assert columns(flames / f"{name}.h5") == columns(opens / f"{name}.h5")


def test_nobody_failed_and_everybody_is_packed(flames, flame):
    with Shard(flames / "data.h5") as shard:
        assert "failures" not in shard.tables
        assert (shard.rows("identities"), shard.rows("expressions"), shard.rows("frames")) == (2, 6, 12)
        text = shard.attributes["card"]
    assert f"({flame.name})" in text
    assert "- `sample-ids`: FLAME's licence (flame.is.tue.mpg.de): academic, non-commercial use" in text
    assert "actions transferred from anny" in text


def test_labels_are_exact_and_the_neutral_is_cold(flames):
    with h5py.File(flames / "rig.h5") as file:
        units = {name: file[f"expressions/{name}"][:].astype(int) for name in ACTION_UNITS}
        pspi = units["AU4"] + np.maximum(units["AU6"], units["AU7"]) + np.maximum(units["AU9"], units["AU10"])
        np.testing.assert_array_equal(file["expressions/PSPI"][:], pspi + units["AU43"])
        heat = file["expressions/heatmap"][:]
        assert not heat[pspi + units["AU43"] == 0].any()
        assert heat[file["expressions/PSPI"][:] == 16].max(1).min() > 0.5


def test_portraits_show_a_head_where_the_depth_is(flames):
    with Shard(flames / "synth-neutral.h5") as shard:
        for row in range(2):
            depth = shard.read("depth", "depth", row)
            mask = decode(shard.read("portraits", "mask", row))
            mask = mask if mask.ndim == 2 else mask[..., 0]
            assert (depth > 0).mean() > 0.2
            assert ((depth > 0) & (mask == 0)).mean() < 0.01


def test_faces_are_seen(flames):
    with h5py.File(flames / "data.h5") as file:
        landmarks, visible = file["frames/landmarks"][:], file["frames/landmarks_visible"][:]
        front = file["frames/view"][:] == 0
        assert landmarks.min() > 0
        assert landmarks.max() < 128
        assert visible[front][:, 17:].mean() > 0.9


def test_the_sheet_is_drawn(flames, tmp_path):
    write_sheet([flames / "data.h5"], tmp_path / "sheet.png", "light")
    assert (tmp_path / "sheet.png").stat().st_size > 20_000
