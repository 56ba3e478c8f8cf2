"""Third-party datasets as typed: cv, pretrain and inspect, and the same pictures as a CSV file."""

import csv
import json

import made_corpora
import numpy as np
import pytest

import painctl as package
from painctl.corpora.recognise import open_corpus
from painctl.records import SOME_FAILED

QUICK = ("-k", 2, "--epochs", 1)


@pytest.fixture(scope="session")
def faces(portraits):
    return made_corpora.rendered(portraits)


def test_a_corpus_and_a_table_of_its_pictures_give_the_same_numbers(painctl, faces, tmp_path):
    made_corpora.write_ck(tmp_path / "CK+", faces)
    made_corpora.write_table(tmp_path / "own/labels.csv", faces)
    for path in ("CK+", "own/labels.csv"):
        done = painctl("cv", path, *QUICK, "-o", path[:3], "--strict")
        assert done.returncode == 0, done.stderr
    for name in ("fold-1.json", "fold-2.json"):
        first, second = (json.loads((tmp_path / run / name).read_text()) for run in ("CK+", "own"))
        assert first["cuts"] == second["cuts"]
        for column in ("pspi", "estimate", "probability", "aus"):
            assert first["frames"][column] == second["frames"][column]
        assert len(first["frames"]["pspi"]) == 6


@pytest.mark.parametrize("name", ["disfa", "biovid", "ck"])
def test_a_corpus_and_hdf5_files_of_its_faces_give_the_same_numbers(painctl, faces, tmp_path, name):
    getattr(made_corpora, f"write_{name}")(tmp_path / "tree", faces)
    every = () if name == "ck" else ("--every", 1)
    corpus = open_corpus(tmp_path / "tree", **({"every": 1} if every else {}))
    made_corpora.write_lab(tmp_path / "lab", corpus)
    for path, options in (("tree", every), ("lab", ())):
        # without action units: those that a corpus does not code are 0 in the files, and would be learned
        done = painctl("cv", path, *QUICK, "--no-aus", *options, "-o", f"run-{path}")
        assert done.returncode == 0, done.stderr
    for fold in ("fold-1.json", "fold-2.json"):
        first, second = (json.loads((tmp_path / f"run-{path}" / fold).read_text()) for path in ("tree", "lab"))
        assert first["cuts"] == second["cuts"]
        for column in ("pspi", "estimate", "probability"):
            assert first["frames"][column] == second["frames"][column]
        assert len(set(first["frames"]["pspi"])) > 1


def test_a_pain_level_is_named_wherever_it_is_reported(painctl, faces, tmp_path):
    made_corpora.write_biovid(tmp_path / "BioVid", faces)
    done = painctl("cv", "BioVid", *QUICK, "--every", 1, "--crop", "none", "-o", "run")
    assert done.returncode == 0, done.stderr
    assert "BioVid: labelled with pain level, which takes the place of PSPI" in done.stderr
    assert done.stdout.startswith("labels: pain level, in place of PSPI\n")
    assert any(line.split()[:7] == ["pain", "level", "0", "or", "4", "2", "12"] for line in done.stdout.splitlines())
    assert "PSPI" not in (tmp_path / "run/table.tex").read_text()
    with (tmp_path / "run/predictions.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["pain level"] for row in rows} == {"0", "4"}
    assert not any(name.endswith("_label") for name in rows[0])  # it has no action units
    assert not (tmp_path / "run/action_units.csv").exists()
    assert json.loads((tmp_path / "run/fold-1.json").read_text())["about"]["label"] == "pain level"
    trained = painctl("pretrain", "BioVid", "--epochs", 1, "--every", 3, "--crop", "none", "-o", "model")
    assert trained.returncode == 0, trained.stderr
    made_corpora.save(tmp_path / "face.png", faces[0].image)
    estimated = painctl("predict", "face.png", "-m", "model", "--crop", "none", "-n", "face.png", "--json")
    assert "model: trained on pain level in place of PSPI" in estimated.stderr
    (tmp_path / "BioVid/video/071309_w_21/071309_w_21-PA4-006.mp4").unlink()
    done = painctl("cv", "BioVid", *QUICK, "--every", 1, "--crop", "none", "-o", "strict", "--strict")
    assert done.returncode == 1
    assert "1 samples without a video, left out: 071309_w_21-PA4-006" in done.stderr


def test_across_datasets_options_are_for_those_that_they_apply_to(painctl, faces, dataset_file, tmp_path):
    made_corpora.write_biovid(tmp_path / "BioVid", faces)
    quick = ("--epochs", 1, "--crop", "none", "--every", 1)
    done = painctl("cv", "--train-on", dataset_file, "--test-on", "BioVid", *quick, "-o", "run")
    assert done.returncode == 0, done.stderr
    assert "trained on PSPI, tested against pain level" in done.stderr
    assert len(json.loads((tmp_path / "run/fold-1.json").read_text())["frames"]["pspi"]) == 12
    made_corpora.write_ck(tmp_path / "CK+", faces)
    refused = painctl("cv", "--train-on", dataset_file, "--test-on", "CK+", *quick, "-o", "other")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "--every is for" in refused.stderr


def test_inspect_states_the_labels_and_what_is_not_coded(painctl, faces, tmp_path):
    made_corpora.write_disfa(tmp_path / "DISFA", faces)
    done = painctl("inspect", "DISFA", "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["corpus"], summary["people"], summary["frames"]) == ("DISFA", 2, 2)
    assert summary["label"] == "AU4 + AU6 + AU9"
    assert summary["not_coded"] == ["AU7", "AU10", "AU43"]
    assert "not coded: AU7, AU10, AU43" in painctl("inspect", "DISFA").stdout


def test_from_python_units_that_are_not_coded_are_nan(faces, tmp_path):
    made_corpora.write_disfa(tmp_path / "DISFA", faces)
    dataset = package.Dataset(tmp_path / "DISFA", every=3, crop="none", size=32)
    assert (len(dataset), dataset.label) == (4, "AU4 + AU6 + AU9")
    item = dataset[1]
    assert np.isnan(item["aus"].numpy()).tolist() == [False, False, True, False, True, True]
    assert item["pspi"] == item["aus"].nan_to_num().sum()


def test_with_half_of_a_corpus_missing_the_rest_is_done_and_the_exit_code_is_3(painctl, faces, tmp_path):
    made_corpora.write_ck(tmp_path / "CK+", faces)
    for path in sorted((tmp_path / "CK+/cohn-kanade-images").rglob("*_00000004.png"))[::2]:
        path.unlink()
    done = painctl("cv", "CK+", *QUICK, "-o", "run")
    assert done.returncode == SOME_FAILED
    assert "CK+: 3 frames without a picture, left out: S005/001/00000004, " in done.stderr
    assert (
        "CK+: a tenth or more could not be used, see above; after the rest is done, the exit code is 3" in done.stderr
    )
    assert "PCC" in done.stdout
    assert (tmp_path / "run/predictions.csv").is_file()
    again = painctl("cv", "CK+", *QUICK, "-o", "run")
    assert (again.returncode, again.stdout) == (SOME_FAILED, done.stdout)
    trained = painctl("pretrain", "CK+", "--epochs", 1, "-o", "model")
    assert trained.returncode == SOME_FAILED
    assert (tmp_path / "model/config.json").is_file()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--every", 2), "--every is for the videos of DISFA and BioVid; leave it out"),
        (("--crop", "points"), "CK+ has no AAM points; leave --crop out to detect the faces"),
    ],
)
def test_an_option_that_does_not_apply_is_named(painctl, faces, tmp_path, options, words):
    made_corpora.write_ck(tmp_path / "CK+", faces)
    done = painctl("cv", "CK+", *QUICK, *options)
    assert done.returncode == 1
    assert words in done.stderr
