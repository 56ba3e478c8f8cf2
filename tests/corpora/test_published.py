import json

import numpy as np
import pytest
from made_steps import pack_options

from painctl.corpora.faults import summarise
from painctl.corpora.recognise import open_corpus
from painctl.dataset.gather import plan_dataset
from painctl.dataset.pairs import DatasetPairs
from painctl.shard.reader import Shard
from painctl.stages.pack import write


@pytest.fixture
def folder(write_shard, tmp_path):
    shard = write_shard("people.h5", range(4))
    write(plan_dataset([shard], pack_options(ratios=(50, 25, 25))), tmp_path / "3dpain", "folder")
    return tmp_path / "3dpain"


def test_a_corpus_equals_the_dataset_that_painctl_exports(folder, write_shard, tmp_path):
    """The same frames as in the HDF5 dataset, with the same labels and neutral pictures."""
    from painctl.stages.pack import write

    write(plan_dataset([write_shard("again.h5", range(4))], pack_options(ratios=(50, 25, 25))), tmp_path / "d.h5", "h5")
    corpus = open_corpus(folder)
    assert not corpus.faults
    with Shard(tmp_path / "d.h5") as shard:
        dataset = DatasetPairs(shard)
        assert len(corpus) == len(dataset) == 4 * 3 * 3
        frames = {dataset.picture(i).tobytes(): i for i in range(len(dataset))}
        for i in range(len(corpus)):
            row = frames[corpus.picture(i).tobytes()]
            assert corpus.aus[i].tolist() == dataset.aus[row].tolist()
            assert corpus.pspi[i] == dataset.pspi[row]
            expected = [dataset.neutral(key) for key in dataset.neutrals(row)]
            for reference, exported in zip(map(corpus.neutral, corpus.neutrals(i)), expected, strict=True):
                assert np.array_equal(reference, exported)
    assert {name: len(set(corpus.subject[corpus.split == name])) for name in ("train", "val", "test")} == {
        "train": 2,
        "val": 1,
        "test": 1,
    }


def test_faults_are_listed(folder):
    notes = sorted((folder / "annotations").iterdir())
    record = json.loads(notes[1].read_text())
    notes[0].unlink()
    notes[1].write_text(json.dumps(record | {"PSPI": (record["PSPI"] + 1) % 16}))
    notes[2].write_text(json.dumps(record | {"AU4": 7}))
    notes[3].write_text("{")
    (folder / "meshes_inpainted/holiday.jpg").write_bytes(b"")
    for path in (folder / "meshes_inpainted").glob("*0003_neutral*"):
        path.unlink()
    cut = sorted((folder / "meshes_inpainted").glob("*0002_pain_3*"))[0]
    cut.write_bytes(cut.read_bytes()[:300])
    corpus = open_corpus(folder)
    counts = {line.split(" ", 1)[1].split(":")[0]: int(line.split()[0]) for line in summarise(corpus.faults)}
    assert counts == {
        "pictures whose name gives no expression and view, left out": 1,
        "pictures that cannot be read, left out": 1,
        "annotations whose PSPI disagrees with their action units, kept": 1,
        "annotations out of range, left out": 1,
        "annotations that cannot be read, left out": 1,
        "pictures without an annotation, left out": 3,
        "pictures of people without a neutral picture, left out": 9,
    }
    assert len(corpus) == 36 - 18 - 1
    assert all(corpus.picture(i).shape == (24, 24, 3) for i in range(len(corpus)))


def test_content_depends_on_the_pictures(folder):
    path = sorted((folder / "meshes_inpainted").glob("*.jpg"))[0]
    before, data = open_corpus(folder).content, bytearray(path.read_bytes())
    data[-30] ^= 1
    path.write_bytes(data)  # of the same size
    assert open_corpus(folder).content != before


def test_an_invalid_split_is_rejected(folder):
    split = folder / "split.csv"
    lines = split.read_text().splitlines()
    split.write_text("\n".join([lines[0], lines[1][:-1] + str((int(lines[1][-1]) + 1) % 3), *lines[2:]]))
    with pytest.raises(ValueError, match="is in more than one split"):
        open_corpus(folder)
    last = f"{lines[1][:-1]}"
    for text, words in (
        ("a,b\n1,2\n", r"expected the columns annotation_base_name,split with 0, 1 or 2; it has a,b"),
        (f"{lines[0]}\n{last}-1", "line 2: split is '-1', expected 0, 1 or 2 for train, val, test"),
        (f"{lines[0]}\n\n{last}3", "line 3: split is '3'"),
        (f"{lines[0]}\n{last}", "line 2: split is ''"),
        (f"{lines[0]}\n{last}0\n{last}1", f"line 3: {last[:-1]} is in another split in line 2"),
        (f"{lines[0]}\n", "has no rows"),
        (f"{lines[0]}\n{last}0,1\n", "line 2: 3 cells; the header has 2"),
    ):
        split.write_text(text)
        with pytest.raises(ValueError, match=rf"split\.csv: {words}"):
            open_corpus(folder)
