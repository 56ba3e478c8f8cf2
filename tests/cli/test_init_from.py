"""painctl pretrain --init-from on a checkpoint of the paper's released code, as it is typed."""

import pytest
import torch

from painctl.vitpain.checkpoints import load
from painctl.vitpain.released import Released, ReleasedArchitecture


@pytest.fixture
def released(tmp_path):
    """A small one, as Lightning writes it."""
    path = tmp_path / "vitpain-epoch=141.ckpt"
    model = Released(ReleasedArchitecture(64, 1))
    torch.save({"state_dict": model.state_dict(), "hyper_parameters": {"lora_alpha": 8}, "epoch": 141}, path)
    return path, model


def test_a_released_checkpoint_becomes_a_model(painctl, dataset_file, released):
    path, model = released
    for epochs in (0, 1):
        done = painctl("pretrain", dataset_file, "--init-from", path, "--epochs", epochs, "-o", f"model-{epochs}")
        assert done.returncode == 0, done.stderr
    kept = [load(path.parent / f"model-{epochs}") for epochs in (0, 1)]
    assert all(one.training["learning_rate"] == 1e-5 for one in kept)  # the paper's, as for any frozen backbone
    untouched, trained = (one.model for one in kept)
    assert untouched.architecture.alpha == 8
    assert all(torch.equal(tensor, model.state_dict()[name]) for name, tensor in untouched.state_dict().items())
    assert not torch.equal(trained.au_queries, model.au_queries)
    done = painctl("cv", dataset_file, "--init-from", "model-1", "--epochs", 0, "-k", 2, "-o", "cv")
    assert done.returncode == 0, done.stderr
    assert "AUROC@3" in done.stdout


def test_one_that_is_none_is_told_in_one_line(painctl, dataset_file, released):
    path, _ = released
    path.write_bytes(path.read_bytes()[:5000])
    done = painctl("pretrain", dataset_file, "--init-from", path, "-o", "model")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    assert f"{path.name}: cut short" in done.stderr
