import pytest
from made_steps import pack_options

from painctl.dataset.gather import plan_dataset
from painctl.dataset.summary import describe, shards_in
from painctl.shard.seal import ShardError
from painctl.stages.pack import write


@pytest.fixture
def dataset(write_shard, tmp_path):
    plan = plan_dataset([write_shard("a.h5", [0, 1, 2, 3])], pack_options())
    write(plan, tmp_path / "tiny.h5", "h5")
    return plan, tmp_path / "tiny.h5"


def test_an_early_shard_has_no_counts_of_later_tables(write_shard):
    summary = describe([write_shard("a.h5", [0, 1], without=("expressions", "frames"))])
    assert summary["identities"] == 2
    assert not {"expressions", "frames", "neutral", "pspi", "splits"} & set(summary)


def test_a_folder_of_shards_is_added_up(write_shard, tmp_path):
    folder = tmp_path / "shards"
    folder.mkdir()
    write_shard("shards/a.h5", [0, 1])
    write_shard("shards/b.h5", [2], history={"sample-ids": {"seed": 8}})
    summary = describe([folder])
    assert (summary["identities"], summary["expressions"], summary["frames"], summary["topology"]) == (3, 12, 36, 2)
    assert [shard["identities"] for shard in summary["shards"]] == [2, 1]
    assert len(summary["histories"]) == 2
    assert sum(summary["pspi"].values()) == 9


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
    write(dataset[0], tmp_path / "d", form)
    summary = describe([tmp_path / "d"])
    assert (summary["identities"], summary["expressions"], summary["frames"], summary["neutral"]) == (4, 16, 48, 4)
    assert summary["pspi"] == describe([dataset[1]])["pspi"]
    with pytest.raises(ValueError, match="a dataset without shards"):
        shards_in([tmp_path / "d"])
