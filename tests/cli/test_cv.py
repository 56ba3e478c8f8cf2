"""The command cv: in one run, in a job array, merged, compared."""

import csv
import json

import numpy as np
import pytest
from made_unbc import NUMBERS as SUBJECTS
from sklearn.metrics import confusion_matrix, mean_absolute_error, mean_squared_error

from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.action_units import pspi as pspi_of

QUICK = ["-k", "2", "--epochs", "1"]


def test_folds_of_a_job_array_merge_to_the_same_run(painctl, dataset_file, tmp_path):
    complete = painctl("cv", dataset_file, *QUICK, "-o", "whole")
    assert complete.returncode == 0, complete.stderr
    assert all(word in complete.stdout for word in ("CCC", "AUPRC@3", "median", "TP", "AU43", "age_group"))
    lines = [line for line in complete.stderr.splitlines() if " epoch " in line]
    assert [line.split(",")[0] for line in lines] == [f"painctl cv: fold {fold} of 2" for fold in (1, 2)]
    assert all("epoch 1 of 1, loss " in line and line.endswith(" remaining") for line in lines)
    for fold in (2, 1):
        done = painctl("cv", dataset_file, *QUICK, "-o", "parts", "--fold", fold)
        assert (done.returncode, done.stdout) == (0, f"parts/fold-{fold}.json\n"), done.stderr
    merged = painctl("cv", "--merge", "parts")
    assert merged.stdout == complete.stdout
    for path in (tmp_path / "whole").iterdir():
        if path.suffix == ".log":  # has times
            assert len(path.read_text().splitlines()) == 2  # an epoch and the test
            continue
        assert path.read_bytes() == (tmp_path / "parts" / path.name).read_bytes(), path.name
    compared = painctl("cv", "--compare", "whole", "parts", "--json")
    scores = json.loads(compared.stdout)
    assert all(row["first"] == row["second"] and row["p"] in (1, None) for row in scores.values())
    rejected = painctl("cv", dataset_file, *QUICK, "-o", "parts", "--seed", "1")
    assert rejected.returncode == 1
    assert "fold-1.json: result of a run with seed 0 (now 1)" in rejected.stderr
    _require_recomputable(tmp_path / "whole")


def _require_recomputable(run):
    """The numbers of a report, computed again from its table of predictions with scikit-learn."""
    rows = list(csv.DictReader((run / "predictions.csv").open()))
    numeric = [name for name in rows[0] if name not in ("subject", "frame")]
    column = {name: np.array([float(row[name]) for row in rows]) for name in numeric}
    (pooled,) = (row for row in csv.DictReader((run / "scores.csv").open()) if row["row"] == "pooled")
    pspi, estimate = column["pspi"], column["estimate"]
    assert float(pooled["RMSE"]) == pytest.approx(np.sqrt(mean_squared_error(pspi, estimate)), abs=1e-5)
    assert float(pooled["MAE"]) == pytest.approx(mean_absolute_error(pspi, estimate), abs=1e-5)
    for row in csv.DictReader((run / "confusion.csv").open()):
        if row["row"] != "pooled":
            tested = column["fold"] == int(row["row"][5:])
            true, decided = pspi[tested] >= int(row["level"]), estimate[tested] >= float(row["threshold"])
            (tn, fp), (fn, tp) = confusion_matrix(true, decided, labels=[False, True])
            assert [int(row[name]) for name in ("TP", "FP", "FN", "TN")] == [tp, fp, fn, tn]
    units = list(csv.DictReader((run / "action_units.csv").open()))
    assert [row["unit"] for row in units] == [*ACTION_UNITS]
    for row in units:
        squared = mean_squared_error(column[f"{row['unit']}_label"], column[row["unit"]])
        assert float(row["MSE"]) == pytest.approx(squared, abs=1e-5)
    labels = np.stack([column[f"{unit}_label"] for unit in ACTION_UNITS], axis=1)
    assert (pspi_of(labels) == pspi).all()


def test_a_model_is_trained_on_one_dataset_and_tested_on_another(painctl, dataset_file, made_unbc, tmp_path):
    across = ["cv", "--train-on", dataset_file, "--test-on", made_unbc.folder, "--epochs", "1", "-o"]
    done = painctl(*across, "across")
    assert done.returncode == 0, done.stderr
    assert "mean ± std" not in done.stdout
    record = json.loads((tmp_path / "across/fold-1.json").read_text())
    assert set(record["frames"]["subject"]) == set(SUBJECTS)
    assert record["about"]["corpora"] == {"trained": "painctl", "tested": "UNBC-McMaster"}
    assert all(name.startswith("s7-") for name in [*record["trained"], *record["validated"]])
    again = painctl(*across, "across")
    assert (again.returncode, again.stdout) == (0, done.stdout)
    assert "epoch" not in again.stderr  # nothing is trained again
    other = painctl(*across, "without", "--no-reference")
    compared = painctl("cv", "--compare", "across", "without", "--json")
    assert (other.returncode, compared.returncode) == (0, 0), other.stderr + compared.stderr
    assert json.loads(compared.stdout)["MAE"]["test"] == "permutation of people"
    same = painctl("cv", "--train-on", made_unbc.lab, "--test-on", made_unbc.folder, "-o", "same")
    assert same.returncode == 1
    assert f"{made_unbc.folder}: has people of {made_unbc.lab} (042; " in same.stderr.splitlines()[-1]
    assert not (tmp_path / "same").exists()


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("--folds 1 DATA", 2, "--folds 1: expected an integer of 2 or more, loso, or a fold file"),
        ("--folds 9 DATA", 1, "9 folds of 8 people"),
        ("-k 2 --fold 3 DATA", 2, "--fold 3: out of range; folds are numbered 1 to 2"),
        ("-k loso --fold 9 DATA", 2, "--fold 9: out of range; folds are numbered 1 to 8"),
        ("--merge nowhere", 1, "nowhere: no such folder"),
        ("--merge . ", 1, ".: no fold in it"),
        ("--merge . DATA", 2, "--merge only reads finished runs; leave the dataset out"),
        ("--merge . --fold 2", 2, "--merge only reads finished runs; leave --fold out"),
        ("--merge . -o other", 2, "leave --output out"),
        ("--merge . --seed 3", 2, "leave --seed out"),
        ("--compare . . --epochs 3", 2, "--compare only reads finished runs; leave --epochs out"),
        ("--merge . --compare . .", 2, "--merge and --compare cannot be combined"),
        ("--compare . nowhere", 1, ".: no fold in it"),
        ("--train-on DATA", 2, "--train-on needs --test-on DATASET beside it"),
        ("--test-on DATA DATA", 2, "--test-on needs --train-on DATASET beside it"),
        ("--train-on DATA --test-on DATA DATA", 2, "name both datasets and make one fold; leave DATASET out"),
        ("--train-on DATA --test-on DATA -k loso", 2, "make one fold; leave --folds out"),
        ("--train-on DATA --test-on DATA --fold 1", 2, "make one fold; leave --fold out"),
        ("--train-on DATA --test-on DATA --merge .", 2, "--merge only reads finished runs; leave --train-on out"),
        ("--train-on DATA --test-on DATA", 1, "the same frames and labels as"),
        ("--train-on DATA --test-on nowhere", 1, "nowhere: no such file"),
        ("--binary 3,1 DATA", 2, "--binary 3,1: expected ascending PSPI levels"),
        ("--model vanilla-vit --no-reference DATA", 2, "--no-reference and --model vanilla-vit"),
        ("--init-from nowhere DATA", 1, "nowhere: no such model"),
        ("--init-from nowhere --no-aus DATA", 2, "--no-aus and --init-from"),
        ("--init-from nowhere --backbone L DATA", 2, "--backbone and --init-from"),
        ("--model pwct --backbone L DATA", 2, "--backbone and --model pwct"),
        ("--learning-rate 0 DATA", 2, "--learning-rate 0: expected a number above 0"),
        ("--learning-rate inf DATA", 2, "--learning-rate inf: expected a number above 0"),
        ("-k DATA DATA", 1, "has no fold-0; a fold file has"),
        ("--crop face DATA", 1, "its pictures are already cropped"),
        ("--crop face nowhere", 1, "nowhere: no such file"),
        ("--epochs 0 DATA", 2, "--epochs 0 needs a trained model"),
        ("--batch-size 9 --accumulate 2 -k 2 DATA", 1, "a batch of 9 is not divisible by 2"),
        ("-o DATA DATA", 2, "is a file; -o takes the folder"),
    ],
)
def test_invalid_input_is_reported_in_one_line(painctl, dataset_file, line, code, words):
    done = painctl("cv", *(str(dataset_file) if word == "DATA" else word for word in line.split()))
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize("tracker", ["tensorboard", "trackio"])
def test_a_run_is_tracked(painctl, dataset_file, tmp_path, tracker, monkeypatch):
    pytest.importorskip(tracker)
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))
    done = painctl("pretrain", dataset_file, "--epochs", "2", "-o", "model", "--track", tracker)
    assert (done.returncode, done.stdout) == (0, "model\n"), done.stderr
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size]
    assert any("tfevents" in path.name if tracker == "tensorboard" else "trackio" in str(path) for path in written)


def test_unbc_as_folders_and_as_hdf5_gives_the_same_folds_and_numbers(painctl, made_unbc, tmp_path):
    for name, path in (("folder", made_unbc.folder), ("hdf5", made_unbc.lab)):
        done = painctl("cv", path, "-k", 5, "--epochs", 1, "-o", name)
        assert done.returncode == 0, done.stderr
        (tmp_path / f"{name}.txt").write_text(done.stdout)
        assert "1 frames whose PSPI disagrees with their action units, kept" in done.stderr
    assert (tmp_path / "folder.txt").read_text() == (tmp_path / "hdf5.txt").read_text()
    assert (tmp_path / "folder/scores.csv").read_bytes() == (tmp_path / "hdf5/scores.csv").read_bytes()
    for fold in range(1, 6):
        folder, hdf5 = (json.loads((tmp_path / f"{name}/fold-{fold}.json").read_text()) for name in ("folder", "hdf5"))
        for key in ("trained", "validated", "cuts"):
            assert folder[key] == hdf5[key]
        for column in ("subject", "pspi", "estimate", "probability", "aus"):
            assert folder["frames"][column] == hdf5["frames"][column]
        assert set(folder["frames"]["subject"]) == {name for i, name in enumerate(SUBJECTS) if i % 5 == fold - 1}
    by_file = painctl("cv", made_unbc.lab, "-k", made_unbc.lab / "folds.hdf5", "--epochs", 1, "-o", "hdf5")
    assert (by_file.returncode, by_file.stdout) == (0, (tmp_path / "hdf5.txt").read_text()), by_file.stderr


def test_faults_stop_a_strict_run(painctl, made_unbc, tmp_path):
    done = painctl("cv", made_unbc.folder, *QUICK, "-o", "run", "--strict")
    assert done.returncode == 1
    assert "2 black frames, left out: tv095t2aeunaff001.png" in done.stderr
    assert done.stderr.splitlines()[-1].endswith(
        "8 faults, listed above; fix them, or leave --strict out to skip those frames"
    )
    assert not (tmp_path / "run").exists()
