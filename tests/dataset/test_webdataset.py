import json
import tarfile

import painctl.dataset.webdataset as webdataset


def samples(path):
    """Members grouped like WebDataset: the key is the text before the first dot, and members of a key are adjacent."""
    grouped = {}
    with tarfile.open(path) as tar:
        for member in tar:
            key, _, extension = member.name.partition(".")
            assert key not in grouped or key == list(grouped)[-1]
            grouped.setdefault(key, {})[extension] = tar.extractfile(member).read()
    return grouped


def test_every_frame_is_a_sample_with_its_neutral(tmp_path, make_person):
    people = [make_person(0), make_person(1)]
    assert webdataset.write(zip(people, (0, 2), strict=True), tmp_path) == {
        "train": "train-*.tar",
        "test": "test-*.tar",
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["test-000000.tar", "train-000000.tar"]
    for person, name in zip(people, ("train", "test"), strict=True):
        grouped = samples(tmp_path / f"{name}-000000.tar")
        assert len(grouped) == 12
        for frame, (key, sample) in enumerate(grouped.items()):
            labels = json.loads(sample["json"])
            assert labels["key"] == key
            assert sample["image.jpg"] == person.frames["image"][frame]
            assert sample["neutral.jpg"] == grouped[labels["neutral"]]["image.jpg"]
            assert sample["mask.png"] == person.frames["mask"][frame]
            assert sample["heatmap.png"] == person.frames["heatmap"][frame]
            assert labels["PSPI"] == person.expressions["PSPI"][frame // 3]
            assert labels["landmarks"] == person.frames["landmarks"][frame].tolist()


def test_tars_are_bounded_and_reproducible(tmp_path, make_person, monkeypatch):
    monkeypatch.setattr(webdataset, "_PEOPLE", 2)
    people = [make_person(number) for number in range(5)]
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        webdataset.write(((person, 0) for person in people), tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == ["train-000000.tar", "train-000001.tar", "train-000002.tar"]
    assert sum(len(samples(tmp_path / "one" / name)) for name in files) == 60
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
