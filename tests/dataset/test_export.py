import json

import pytest
from made_steps import pack_options

from painctl.dataset.export import is_made_by, manifest, write_folder
from painctl.dataset.gather import plan_dataset, read_people
from painctl.stages.pack import write


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def export(plan, target, form):
    write_folder(plan, read_people(plan), target, form)


def test_a_dataset_made_by_a_plan_is_recognised(write_shard, tmp_path):
    shards = [write_shard("a.h5", [0, 1])]
    plan, other_plan = plan_dataset(shards, pack_options()), plan_dataset(shards, pack_options(seed=1))
    write(plan, tmp_path / "d.h5", "h5")
    write(plan, tmp_path / "d", "folder")
    for target, form in ((tmp_path / "d.h5", "h5"), (tmp_path / "d", "folder")):
        assert is_made_by(plan, target, form)
        assert not is_made_by(other_plan, target, form)
    assert not is_made_by(plan, tmp_path / "d", "webdataset")
    assert not is_made_by(plan, tmp_path, "folder")


def test_a_failed_export_leaves_the_old_folder(write_shard, make_person, tmp_path, monkeypatch):
    person = make_person(0, picture=".png")
    person.frames["image"][5] = person.frames["image"][5][:80] + person.frames["image"][5][-8:]
    plan = plan_dataset([write_shard("a.h5", [person])], pack_options())
    with pytest.raises(ValueError, match="not a readable picture"):
        write(plan, tmp_path / "d", "folder")
    assert [path.name for path in tmp_path.iterdir()] == ["a.h5"]
    good = plan_dataset([write_shard("b.h5", [1])], pack_options())
    write(good, tmp_path / "d", "folder")
    before = files(tmp_path / "d")
    with pytest.raises(ValueError, match="not a readable picture"):
        write(plan, tmp_path / "d", "folder")
    assert files(tmp_path / "d") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.h5", "b.h5", "d"]


def test_a_dataset_is_replaced_but_no_other_folder(write_shard, tmp_path):
    shard = write_shard("a.h5", [0])
    target = tmp_path / "d"
    write(plan_dataset([shard], pack_options()), target, "webdataset")
    write(plan_dataset([shard], pack_options()), target, "folder")
    assert not list(target.glob("*.tar"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years")
    with pytest.raises(FileExistsError, match="not a painctl dataset"):
        write(plan_dataset([shard], pack_options()), tmp_path / "mine", "folder")
    assert files(tmp_path / "mine") == {"thesis.txt": b"years"}


def test_a_folder_with_nothing_but_what_file_managers_leave_is_empty(write_shard, tmp_path):
    target = tmp_path / "d"
    target.mkdir()
    (target / ".DS_Store").write_bytes(b"\0")
    (target / "._a").write_bytes(b"\0")
    plan = plan_dataset([write_shard("a.h5", [0])], pack_options())
    (target / ".notes").write_text("mine")
    with pytest.raises(FileExistsError, match="not a painctl dataset"):
        write(plan, target, "folder")
    (target / ".notes").unlink()
    write(plan, target, "folder")
    assert manifest(target)


def test_a_manifest_is_json(write_shard, tmp_path):
    write(plan_dataset([write_shard("a.h5", [0])], pack_options()), tmp_path / "d", "folder")
    assert json.loads((tmp_path / "d" / "dataset.json").read_text())["format"] == "folder"
    (tmp_path / "d" / "dataset.json").write_text("[1]")
    assert manifest(tmp_path / "d") is None
