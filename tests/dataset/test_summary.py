import pytest
from made_steps import pack_options

from painctl.dataset.gather import plan_dataset
from painctl.dataset.summary import describe, read_card, shards_in
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


def test_what_systems_leave_in_a_folder_is_no_shard(write_shard, tmp_path):
    folder = tmp_path / "shards"
    folder.mkdir()
    write_shard("shards/a.h5", [0, 1])
    for name in ("._a.h5", ".a.h5.AbCdEf", "a.h5.part", "a.h5~", ".DS_Store"):
        (folder / name).write_bytes(b"\0")
    assert shards_in([folder]) == [folder / "a.h5"]
    (folder / "a.h5").rename(folder / ".hidden.h5")
    with pytest.raises(
        FileNotFoundError, match=r"neither shards.*; \._a\.h5 is left out by its name: give it as a file"
    ):
        describe([folder])
    assert describe([folder / ".hidden.h5"])["identities"] == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 100_000, "not valid JSON: nested too deeply"),
        ('{"stage": "pack", "frames": NaN}', "not valid JSON: NaN is not a number in JSON"),
        ("[1]", "not written by `painctl pack`"),
        ('{"stage": "pack", "pspi": {"a": 1}}', "pspi is not what `painctl pack` writes"),
        ('{"stage": "pack", "pspi": [1]}', "pspi is not what"),
        ('{"stage": "pack", "splits": {"train": "many"}}', "splits is not what"),
        ('{"stage": "pack", "frames": "many"}', "frames is not what"),
        ('{"stage": "pack", "history": [1]}', "history is not what"),
    ],
)
def test_an_invalid_manifest_is_named_with_its_field(tmp_path, text, reason):
    (tmp_path / "dataset.json").write_text(text)
    with pytest.raises(ValueError, match=rf"dataset\.json: {reason}"):
        describe([tmp_path])


def test_a_manifest_and_a_card_are_read_as_editors_save_them(dataset, tmp_path):
    write(dataset[0], tmp_path / "d", "folder")
    expected, card = describe([tmp_path / "d"]), read_card(tmp_path / "d")
    for name in ("dataset.json", "README.md"):
        file = tmp_path / "d" / name
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert (describe([tmp_path / "d"]), read_card(tmp_path / "d")) == (expected, card)
    (tmp_path / "d/README.md").write_bytes(b"caf\xe9")
    with pytest.raises(ValueError, match=r"README\.md: line 1: byte 3 of the file is not UTF-8 text"):
        read_card(tmp_path / "d")
