import json

import cv2
import numpy as np
import pytest

from painctl.cli.inspect import command
from painctl.dataset.gather import PackOptions, plan_dataset
from painctl.images.encode import decode
from painctl.records import UsageError
from painctl.shard.schema import FORMAT_VERSION
from painctl.shard.seal import ShardError
from painctl.stages.inspect import describe, gallery, sheet_rows
from painctl.stages.pack import export, pack


@pytest.fixture
def dataset(write_shard, tmp_path):
    plan = plan_dataset([write_shard("a.h5", [0, 1, 2, 3])], PackOptions())
    pack(plan, tmp_path / "tiny.h5")
    return plan, tmp_path / "tiny.h5"


def test_json_counts_rows_under_the_names_of_the_tables(dataset, capsys):
    command([dataset[1]], as_json=True)
    found = json.loads(capsys.readouterr().out)
    counts = {name: found[name] for name in ("identities", "topology", "expressions", "frames", "split", "neutral")}
    assert counts == {"identities": 4, "topology": 1, "expressions": 16, "frames": 48, "split": 4, "neutral": 4}
    assert sum(found["pspi"].values()) == 12
    assert found["splits"] == {"train": 3, "val": 1, "test": 0}
    assert (found["stage"], found["format_version"]) == ("pack", FORMAT_VERSION)
    assert [step["stage"] for step in found["history"]][-1] == "pack"
    columns = {column["column"]: column for column in found["columns"]}
    assert columns["expressions/vertices"] == {
        "column": "expressions/vertices",
        "dtype": "float32",
        "shape": [16, 6, 3],
        "bytes": 16 * 6 * 12,
    }
    assert columns["frames/image"]["shape"] == [48]


def test_an_early_shard_has_what_it_has(write_shard):
    found = describe([write_shard("a.h5", [0, 1], without=("expressions", "frames"))])
    assert found["identities"] == 2
    assert not {"expressions", "frames", "neutral", "pspi", "splits"} & set(found)


def test_a_folder_of_shards_is_added_up(write_shard, tmp_path):
    folder = tmp_path / "shards"
    folder.mkdir()
    write_shard("shards/a.h5", [0, 1])
    write_shard("shards/b.h5", [2], history={"sample-ids": {"seed": 8}})
    found = describe([folder])
    assert (found["identities"], found["expressions"], found["frames"], found["topology"]) == (3, 12, 36, 2)
    assert [shard["identities"] for shard in found["shards"]] == [2, 1]
    assert len(found["histories"]) == 2
    assert sum(found["pspi"].values()) == 9


def test_an_empty_folder_and_a_damaged_shard_are_errors(write_shard, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="neither shards"):
        describe([tmp_path / "empty"])
    shard = write_shard("a.h5", [0])
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(data)
    with pytest.raises(ShardError, match="damaged"):
        describe([shard])


@pytest.mark.parametrize("form", ["folder", "webdataset", "parquet"])
def test_a_dataset_folder_is_counted(dataset, tmp_path, form):
    export(dataset[0], tmp_path / "d", form)
    found = describe([tmp_path / "d"])
    assert (found["identities"], found["expressions"], found["frames"], found["neutral"]) == (4, 16, 48, 4)
    assert found["pspi"] == describe([dataset[1]])["pspi"]
    with pytest.raises(ValueError, match="a dataset without shards"):
        sheet_rows([tmp_path / "d"])


def test_a_gallery_is_a_row_a_person_pspi_rising(write_shard, make_person):
    titles, rows = gallery([write_shard("a.h5", [0, 1]), write_shard("b.h5", [2])], tile=24)
    assert titles == []  # their scores differ
    assert [label.split("\n")[0] for label, _ in rows] == ["s7-00000", "s7-00001", "s7-00002"]
    for identity, (label, pictures) in enumerate(rows):
        person = make_person(identity)
        scores = sorted({int(score) for score in person.expressions["PSPI"]})
        assert label.endswith("PSPI " + " ".join(map(str, scores)))
        assert len(pictures) == len(person.frames["image"])
    assert np.abs(rows[0][1][0].astype(int) - decode(make_person(0).frames["image"][0])).max() == 0


def test_a_gallery_of_the_same_scores_has_them_for_titles(write_shard, make_person):
    titles, rows = gallery([write_shard("a.h5", [0])], tile=24)
    scores = [int(score) for score in make_person(0).expressions["PSPI"]]
    views = len(rows[0][1]) // len(scores)
    assert [title for title in titles if title] == [f"PSPI {score}" for score in sorted(set(scores))]
    assert [bool(title) for title in titles[:views]] == [True] + [False] * (views - 1)


def test_people_read_it_too(dataset, capsys, tmp_path):
    command([dataset[1]])
    text = capsys.readouterr().out
    assert "\x1b" not in text
    for word in ("frames", "48", "expressions/PSPI", "render-views", "train"):
        assert word in text
    export(dataset[0], tmp_path / "d", "folder")
    command([tmp_path / "d"])
    assert "48" in capsys.readouterr().out


def test_the_card_is_printed(dataset, write_shard, capsys):
    command([dataset[1]], card=True)
    assert capsys.readouterr().out.startswith("# Synthetic pain faces: 4 people")
    with pytest.raises(ValueError, match="no card"):
        command([write_shard("b.h5", [0])], card=True)


def test_a_sheet_shows_rising_pspi_with_heatmaps(write_shard, make_person):
    rows = sheet_rows([write_shard("a.h5", [0])], tile=24)
    scores = [int(label.split("PSPI ")[1].split("\n")[0]) for label, _ in rows]
    assert scores == sorted(make_person(0).expressions["PSPI"].tolist())
    assert all(len(pictures) == 6 for _, pictures in rows)


def test_a_sheet_of_many_people_is_bounded(write_shard):
    shards = [write_shard(f"{number}.h5", range(10 * number, 10 * number + 10)) for number in range(3)]
    rows = sheet_rows(shards, tile=24)
    people = {label.split("\n")[0] for label, _ in rows}
    assert len(people) == 12
    assert len(rows) == 24
    assert {"s7-00000", "s7-00029"} < people


def test_earlier_shards_show_what_they_have(write_shard):
    rows = sheet_rows([write_shard("a.h5", [0, 1], without=("expressions", "frames"))])
    assert [label for label, _ in rows] == ["s7-00000", "s7-00001"]
    with pytest.raises(ValueError, match="no pictures; run"):
        sheet_rows([write_shard("b.h5", [0], without=("expressions", "frames", "portraits"))])


def test_the_sheet_is_written(dataset, tmp_path, capsys):
    command([dataset[1]], sheet=tmp_path / "sheet.png")
    assert cv2.imread(str(tmp_path / "sheet.png")).shape[0] == 16 * 160
    with pytest.raises(UsageError, match=r"sheet\.gif: expected"):
        command([dataset[1]], sheet=tmp_path / "sheet.gif")
