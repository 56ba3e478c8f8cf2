"""painctl cv as it is typed: whole, in a job array, merged, compared."""

import json
import os
import subprocess
import sys

import pytest

QUICK = ["-k", "2", "--epochs", "1"]


@pytest.fixture
def painctl(tmp_path):
    def run(*words):
        command = [sys.executable, "-m", "painctl", *map(str, words)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment, check=False)

    return run


def test_folds_of_an_array_merge_to_the_whole_run(painctl, dataset_file, tmp_path):
    whole = painctl("cv", dataset_file, *QUICK, "-o", "whole")
    assert whole.returncode == 0, whole.stderr
    assert all(score in whole.stdout for score in ("F1@1", "AUROC@3", "PCC", "ICC(3,1)", "MAE", "age_group"))
    for fold in (2, 1):
        done = painctl("cv", dataset_file, *QUICK, "-o", "parts", "--fold", fold)
        assert (done.returncode, done.stdout) == (0, f"parts/fold-{fold}.json\n"), done.stderr
    merged = painctl("cv", "--merge", "parts")
    assert merged.stdout == whole.stdout
    for path in (tmp_path / "whole").iterdir():
        assert path.read_bytes() == (tmp_path / "parts" / path.name).read_bytes(), path.name
    compared = painctl("cv", "--compare", "whole", "parts", "--json")
    scores = json.loads(compared.stdout)
    assert all(row["first"] == row["second"] and row["p"] in (1, None) for row in scores.values())
    refused = painctl("cv", dataset_file, *QUICK, "-o", "parts", "--seed", "1")
    assert refused.returncode == 1
    assert "fold-1.json: of a run with seed 0 (now 1)" in refused.stderr


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("--folds 1 DATA", 2, "--folds 1: expected a number of 2 or more, or loso"),
        ("--folds 9 DATA", 1, "9 folds of 8 people"),
        ("-k 2 --fold 3 DATA", 2, "--fold 3: there are folds 1 to 2"),
        ("-k loso --fold 9 DATA", 2, "--fold 9: there are folds 1 to 8"),
        ("--merge nowhere", 1, "nowhere: no such folder"),
        ("--merge . ", 1, ".: no fold in it"),
        ("--merge . DATA", 2, "leave the dataset out"),
        ("--compare . nowhere", 1, ".: no fold in it"),
        ("--binary 3,1 DATA", 2, "--binary 3,1: expected levels"),
        ("--model vanilla-vit --no-reference DATA", 2, "--no-reference and --model vanilla-vit"),
        ("--init-from nowhere DATA", 1, "nowhere: no such model"),
        ("--init-from nowhere --no-aus DATA", 2, "--no-aus and --init-from"),
        ("--epochs 0 DATA", 2, "--epochs 0: an untrained model tells nothing"),
        ("--batch-size 9 --accumulate 2 -k 2 DATA", 1, "a batch of 9 does not divide by 2"),
        ("-o DATA DATA", 2, "a file; -o names the folder"),
    ],
)
def test_bad_input_is_told_in_one_line(painctl, dataset_file, line, code, words):
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
