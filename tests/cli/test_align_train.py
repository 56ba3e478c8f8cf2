"""align-train: a tiny training on a packed dataset, and what it rejects."""

import json

import pytest

from painctl.aligner.weights import read, read_record


@pytest.fixture(scope="module")
def options():
    return ("--epochs", 2, "--seed", 3)


def test_an_aligner_is_trained_and_a_finished_one_is_kept(painctl, dataset_file, tmp_path, options):
    done = painctl("align-train", dataset_file, *options, "-o", "a.safetensors")
    assert (done.returncode, done.stdout) == (0, "a.safetensors\n"), done.stderr
    assert "epoch 2 of 2: loss " in done.stderr
    assert "error " in done.stderr
    read(tmp_path / "a.safetensors")
    about = read_record(tmp_path / "a.safetensors")["about"]
    assert (about["epochs"], about["seed"]) == (2, 3)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("a.")] == ["a.safetensors"]
    again = painctl("align-train", dataset_file, *options, "-o", "a.safetensors")
    assert (again.returncode, again.stdout) == (0, "a.safetensors\n")
    assert "already trained, nothing to do" in again.stderr
    other = painctl("align-train", dataset_file, "--epochs", 1, "-o", "a.safetensors")
    assert other.returncode == 2
    assert "a.safetensors: already exists, trained with " in other.stderr
    before = (tmp_path / "a.safetensors").read_bytes()
    repeated = painctl("align-train", dataset_file, *options, "--overwrite", "-o", "a.safetensors")
    assert repeated.returncode == 0
    assert (tmp_path / "a.safetensors").read_bytes() == before


def test_what_cannot_be_is_rejected_in_one_line(painctl, dataset_file, tmp_path):
    (tmp_path / "notes.safetensors").write_text(json.dumps({"a": 1}))
    for words, message, code in (
        ((dataset_file, "-o", "a.bin"), "-o a.bin: the file name must end in .safetensors", 2),
        ((dataset_file, "-o", "no/a.safetensors"), "-o no/a.safetensors: no folder no; `mkdir -p no` makes it", 2),
        ((dataset_file, "-o", "notes.safetensors"), "already exists, and is not an aligner", 2),
        (("missing.h5", "-o", "a.safetensors"), "missing.h5: ", 1),
    ):
        done = painctl("align-train", *words)
        assert done.returncode == code, done.stderr
        assert done.stderr.count("\n") == 1
        assert message in done.stderr
