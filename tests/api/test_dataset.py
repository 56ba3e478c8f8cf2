import multiprocessing
import os
import pickle

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

import painctl
from painctl.pain.action_units import ACTION_UNITS


def plain(item):
    """A transform that a process started anew can import."""
    return item["face"], item["pspi"]


def test_items_are_faces_with_labels_and_a_neutral_face(dataset_file):
    dataset = painctl.Dataset(dataset_file, size=32)
    with painctl.open_shard(dataset_file) as shard:
        number = shard.read("expressions", "expression")[shard.read("frames", "expression_row")]
    assert len(dataset) == np.sum(number > 0)
    item = dataset[0]
    assert item["face"].shape == item["neutral"].shape == (3, 32, 32)
    assert item["face"].dtype == torch.uint8
    assert not torch.equal(item["face"], item["neutral"])
    table = dataset.to_pandas()
    for i in (0, len(dataset) - 1):
        item, row = dataset[i], table.iloc[i]
        assert (item["name"], item["person"], float(item["pspi"])) == (row["name"], row["person"], row["pspi"])
        assert item["aus"].tolist() == [row[unit] for unit in ACTION_UNITS]
    assert {"age_group", "gender", "ethnicity", "split"} <= set(table)
    with pytest.raises(IndexError):
        dataset[len(dataset)]


def test_splits_are_the_people_of_each(dataset_file):
    parts = {split: painctl.Dataset(dataset_file, split) for split in ("train", "val", "test")}
    people = {split: set(part.to_pandas()["person"]) for split, part in parts.items()}
    assert sum(map(len, parts.values())) == len(painctl.Dataset(dataset_file))
    assert not people["train"] & people["val"]
    with pytest.raises(ValueError, match="split 'all': expected one of train, val, test"):
        painctl.Dataset(dataset_file, "all")


@pytest.mark.parametrize("start", ["fork", "spawn", "forkserver"])
def test_workers_started_in_any_way_read_the_same(dataset_file, start):
    dataset = painctl.Dataset(dataset_file, size=16, transform=plain)
    expected = [torch.stack([dataset[i][0] for i in range(2)]), torch.stack([dataset[i][1] for i in range(2)])]
    context = multiprocessing.get_context(start)
    loader = DataLoader(torch.utils.data.Subset(dataset, range(2)), 2, num_workers=1, multiprocessing_context=context)
    (batch,) = loader
    assert all(torch.equal(part, other) for part, other in zip(batch, expected, strict=True))


def opened_by(dataset, answers):
    """In another process: read an item, and answer whether the file was opened there."""
    dataset[0]
    answers.put(dataset._process == os.getpid())


def test_a_forked_process_opens_the_file_for_itself(dataset_file):
    """An open HDF5 file that processes share has one position."""
    dataset = painctl.Dataset(dataset_file, size=16)
    dataset[0]
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    process = context.Process(target=opened_by, args=(dataset, answers))
    process.start()
    assert answers.get(timeout=60)
    process.join()


@pytest.mark.parametrize("size", [0, -3, 1.5, True])
def test_an_impossible_size_is_rejected(dataset_file, size):
    with pytest.raises(ValueError, match="expected a whole number of pixels"):
        painctl.Dataset(dataset_file, size=size)


def test_a_dataset_can_be_closed_and_sent(dataset_file):
    dataset = painctl.Dataset(dataset_file, size=16)
    face = dataset[1]["face"]
    dataset.close()
    assert torch.equal(pickle.loads(pickle.dumps(dataset))[1]["face"], face)
    assert torch.equal(dataset[1]["face"], face)


def test_a_corpus_is_read_in_place(made_unbc):
    dataset = painctl.Dataset(made_unbc.folder, size=24)
    assert dataset[0]["face"].shape == (3, 24, 24)
    assert "split" not in dataset.to_pandas()
    with pytest.raises(ValueError, match="no split"):
        painctl.Dataset(made_unbc.folder, "train")
