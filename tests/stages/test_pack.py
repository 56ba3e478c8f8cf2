import subprocess
import sys

import h5py
import numpy as np
import pytest
from made_steps import pack_options

from painctl.cli import pack as cli
from painctl.dataset.export import FOLDERS, manifest
from painctl.dataset.gather import plan_dataset
from painctl.records import UsageError
from painctl.shard.reader import Shard
from painctl.shard.schema import BYTES, TABLES
from painctl.stages.pack import write


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def divisions(write_shard):
    """The same four people as one shard, as two, and as four, in different orders."""
    yield [write_shard("all.h5", [0, 1, 2, 3])]
    yield [write_shard("two.h5", [3, 2]), write_shard("one.h5", [0, 1])]
    yield [write_shard(f"{person}.h5", [person]) for person in (2, 0, 3, 1)]


def test_the_dataset_does_not_depend_on_the_shards(write_shard, tmp_path):
    datasets = []
    for number, shards in enumerate(divisions(write_shard)):
        path = tmp_path / f"dataset{number}.h5"
        write(plan_dataset(shards, pack_options(keep=("meshes",))), path, "h5")
        datasets.append(path.read_bytes())
    assert datasets[0] == datasets[1] == datasets[2]


@pytest.mark.parametrize("form", FOLDERS)
def test_folders_do_not_depend_on_the_shards(write_shard, tmp_path, form):
    datasets = []
    for number, shards in enumerate(divisions(write_shard)):
        write(plan_dataset(shards, pack_options()), tmp_path / f"dataset{number}", form)
        datasets.append(files(tmp_path / f"dataset{number}"))
    assert datasets[0] == datasets[1] == datasets[2]
    assert {"README.md", "dataset.json"} < set(datasets[0])


def test_rows_are_copied_and_references_are_adjusted(write_shard, make_person, tmp_path):
    shards = [write_shard("b.h5", [2, 0]), write_shard("a.h5", [1])]
    write(plan_dataset(shards, pack_options()), tmp_path / "d.h5", "h5")
    with Shard(tmp_path / "d.h5") as shard:
        assert shard.tables == ("identities", "topology", "expressions", "frames", "split")
        assert shard.read("identities", "name") == ["s7-00000", "s7-00001", "s7-00002"]
        assert (shard.rows("expressions"), shard.rows("frames"), shard.rows("split")) == (12, 36, 3)
        assert np.bincount(shard.read("split", "split")).tolist() == [2, 1]
        for row in range(3):
            person = make_person(row)
            faces = np.flatnonzero(shard.read("expressions", "identity_row") == row)
            frames = np.flatnonzero(shard.read("frames", "identity_row") == row)
            np.testing.assert_array_equal(
                shard.read("frames", "expression_row")[frames] - faces[0], person.frames["expression_row"]
            )
            for table, rows in (("identities", [row]), ("expressions", faces), ("frames", frames)):
                for column in TABLES[table].columns:
                    if column.name.endswith("_row") or column.optional:
                        continue
                    packed = shard.read(table, column.name, slice(rows[0], rows[-1] + 1))
                    if column.dtype == BYTES or isinstance(packed, list):
                        assert packed == person.tables[table][column.name]
                    else:
                        np.testing.assert_array_equal(packed, person.tables[table][column.name])


def test_tables_are_kept_on_demand(write_shard, tmp_path):
    write(
        plan_dataset([write_shard("a.h5", [0, 1])], pack_options(keep=("meshes", "portraits"))), tmp_path / "d.h5", "h5"
    )
    with Shard(tmp_path / "d.h5") as shard:
        assert (shard.rows("meshes"), shard.rows("portraits")) == (2, 2)
        assert shard.history[-1]["keep"] == ["meshes", "portraits"]


def test_the_dataset_has_a_card_and_a_history(write_shard, tmp_path):
    plan = plan_dataset([write_shard("a.h5", [0, 1, 2, 3])], pack_options())
    write(plan, tmp_path / "d.h5", "h5")
    with Shard(tmp_path / "d.h5") as shard:
        assert shard.attributes["stage"] == "pack"
        assert [step["stage"] for step in shard.history] == ["sample-ids", "rig", "render-views", "pack"]
        card = shard.attributes["card"]
        assert "4 people, 48 frames" in card
    with h5py.File(tmp_path / "d.h5") as h5:
        assert "48 frames" in h5.attrs["card"]
    write(plan, tmp_path / "d", "folder")
    assert (tmp_path / "d" / "README.md").read_text().endswith(card)
    summary = manifest(tmp_path / "d")
    assert (summary["identities"], summary["expressions"], summary["frames"]) == (4, 16, 48)
    assert summary["splits"] == {"train": 3, "val": 1, "test": 0}


def test_a_dataset_can_be_packed_again(write_shard, tmp_path):
    write(plan_dataset([write_shard("a.h5", [0, 1])], pack_options()), tmp_path / "d.h5", "h5")
    write(
        plan_dataset([tmp_path / "d.h5", write_shard("b.h5", [2])][:1], pack_options(ratios=(0, 0, 100))),
        tmp_path / "e.h5",
        "h5",
    )
    with Shard(tmp_path / "e.h5") as shard:
        assert shard.read("split", "split").tolist() == [2, 2]


def test_the_command_prints_the_path_and_resumes(write_shard, tmp_path, capfd):
    shard, target = write_shard("a.h5", [0, 1, 2]), tmp_path / "d.h5"
    cli.command([shard], target)
    assert capfd.readouterr().out == f"{target}\n"
    made = target.stat().st_mtime_ns
    cli.command([shard], target)
    assert "already made" in capfd.readouterr().err
    assert target.stat().st_mtime_ns == made
    with pytest.raises(UsageError, match="--overwrite"):
        cli.command([shard], target, split_seed=3)
    cli.command([shard], target, split_seed=3, overwrite=True)
    with Shard(target) as dataset:
        assert dataset.history[-1]["split_seed"] == 3


def test_a_folder_output_gets_a_dataset(write_shard, tmp_path, capfd):
    cli.command([write_shard("a.h5", [0])], tmp_path / "out")
    assert capfd.readouterr().out == f"{tmp_path / 'out' / 'dataset.h5'}\n"


def test_a_rejected_dataset_leaves_no_file(write_shard, make_person, tmp_path):
    person = make_person(0)
    person.expressions["heatmap"][0] = 1
    shard = write_shard("a.h5", [person])
    for form in cli.Format:
        with pytest.raises(ValueError, match="s7-00000, the neutral expression"):
            cli.command([shard], tmp_path / ("d.h5" if form is cli.Format.h5 else "d"), form=form)
    assert list(tmp_path.iterdir()) == [shard]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"split": "70,30"}, "--split 70,30"),
        ({"split": "0,0,0"}, "--split 0,0,0"),
        ({"keep": "meshes,hats"}, "--keep hats"),
        ({"form": cli.Format.folder}, "writes a folder"),
        ({"form": cli.Format.folder, "keep": "meshes", "output": "d"}, "no place for them"),
    ],
)
def test_invalid_options_are_usage_errors(tmp_path, options, complaint):
    options = {"output": tmp_path / "d.h5", **options}
    if options["output"] == "d":
        options["output"] = tmp_path / "d"
    with pytest.raises(UsageError, match=complaint):
        cli.command([tmp_path / "absent.h5"], **options)


def test_a_shard_goes_through_pipes(write_shard, tmp_path):
    shard = write_shard("a.h5", [0, 1])
    run = [sys.executable, "-c", "from painctl.cli.pack import command; command()"]
    piped = subprocess.run(run, input=shard.read_bytes(), stdout=subprocess.PIPE, check=True)
    write(plan_dataset([shard], pack_options()), tmp_path / "d.h5", "h5")
    assert piped.stdout == (tmp_path / "d.h5").read_bytes()
    second = write_shard("b.h5", [2])
    listed = subprocess.run(run, input=f"{shard}\n{second}\n".encode(), stdout=subprocess.PIPE, check=True)
    write(plan_dataset([second, shard], pack_options()), tmp_path / "e.h5", "h5")
    assert listed.stdout == (tmp_path / "e.h5").read_bytes()
