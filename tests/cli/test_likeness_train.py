"""likeness-train: a tiny training on a packed dataset, and what it rejects."""

from painctl.likeness.weights import ENCODER_FILE


def test_an_encoder_is_trained_and_a_finished_one_is_kept(painctl, dataset_file, tmp_path):
    command = ("likeness-train", dataset_file, "--epochs", 2, "--seed", 3, "-o", "e.safetensors")
    done = painctl(*command)
    assert (done.returncode, done.stdout) == (0, "e.safetensors\n"), done.stderr
    assert "epoch 2 of 2: loss " in done.stderr
    ENCODER_FILE.read(tmp_path / "e.safetensors")
    about = ENCODER_FILE.read_record(tmp_path / "e.safetensors")["about"]
    assert (about["epochs"], about["seed"]) == (2, 3)
    again = painctl(*command)
    assert (again.returncode, again.stdout) == (0, "e.safetensors\n")
    assert "already trained, nothing to do" in again.stderr
    other = painctl("align-train", dataset_file, "-o", "e.safetensors")
    assert other.returncode == 2
    assert "e.safetensors: already exists, and is not an aligner" in other.stderr
