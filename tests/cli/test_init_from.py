"""painctl pretrain --init-from with a checkpoint of the paper's released code."""

import json

import pytest
import torch
from transformers import DINOv3ViTConfig

from painctl.vitpain.backbones import Preprocess
from painctl.vitpain.checkpoints import load, save
from painctl.vitpain.model import Architecture, ViTPain, build
from painctl.vitpain.released import Released, ReleasedArchitecture
from painctl.vitpain.settings import TrainingSettings


def tiny_model(adapters):
    config = DINOv3ViTConfig(
        image_size=32, hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2
    )
    return ViTPain(Architecture(config.to_dict(), Preprocess(32), adapters, head_sizes=(8,)))


@pytest.fixture
def released(tmp_path):
    """A small released checkpoint, as Lightning writes it, and its model."""
    path = tmp_path / "vitpain-epoch=141.ckpt"
    model = Released(ReleasedArchitecture(64, 1))
    torch.save({"state_dict": model.state_dict(), "hyper_parameters": {"lora_alpha": 8}, "epoch": 141}, path)
    return path, model


def test_a_released_checkpoint_becomes_a_model(painctl, dataset_file, released):
    path, model = released
    for epochs in (0, 1):
        done = painctl("pretrain", dataset_file, "--init-from", path, "--epochs", epochs, "-o", f"model-{epochs}")
        assert done.returncode == 0, done.stderr
    checkpoints = [load(path.parent / f"model-{epochs}") for epochs in (0, 1)]
    assert all(
        checkpoint.training["learning_rate"] == 1e-5 for checkpoint in checkpoints
    )  # the paper's, as for any frozen backbone
    untrained, trained = (checkpoint.model for checkpoint in checkpoints)
    assert untrained.architecture.alpha == 8
    assert all(torch.equal(tensor, model.state_dict()[name]) for name, tensor in untrained.state_dict().items())
    assert not torch.equal(trained.au_queries, model.au_queries)
    done = painctl("cv", dataset_file, "--init-from", "model-0", "--epochs", 0, "-k", 2, "-o", "cv")
    assert done.returncode == 0, done.stderr
    assert "AUROC@3" in done.stdout


def test_people_the_initial_model_was_trained_on_are_not_tested(painctl, dataset_file, tmp_path):
    """Also if they trained the initial model of the initial model."""
    assert painctl("pretrain", dataset_file, "--epochs", 1, "-o", "first").returncode == 0
    done = painctl("pretrain", dataset_file, "--init-from", "first", "--epochs", 0, "-o", "second")
    assert done.returncode == 0, done.stderr
    for model in ("first", "second"):
        done = painctl("cv", dataset_file, "--init-from", model, "-k", 2, "-o", "cv")
        assert (done.returncode, done.stdout) == (1, "")
        assert f"painctl cv: {model}: trained on people of " in done.stderr
        assert "pretrain on other people" in done.stderr
        assert not (tmp_path / "cv").exists()


def test_references_are_left_out_as_in_the_training_of_the_initial_model(painctl, dataset_file, tmp_path):
    save(tmp_path / "first", tiny_model(False), TrainingSettings(reference_dropout=0.25), "")
    for output, options in (("same", []), ("none", ["--reference-dropout", 0])):
        done = painctl("pretrain", dataset_file, "--init-from", "first", "--epochs", 0, *options, "-o", output)
        assert done.returncode == 0, done.stderr
    assert [load(tmp_path / name).training["reference_dropout"] for name in ("same", "none")] == [0.25, 0]


def test_a_model_that_does_not_compare_takes_no_other_references(painctl, dataset_file, tmp_path):
    save(tmp_path / "alone", build("hybrid", reference=False), TrainingSettings(), "")
    line = ("pretrain", dataset_file, "--init-from", "alone")
    done = painctl(*line, "--epochs", 0, "-o", "same")
    assert done.returncode == 0, done.stderr
    assert load(tmp_path / "same").training["any_reference"] == 0
    done = painctl(*line, "--epochs", 1, "--any-reference", 0.4, "-o", "other")
    assert done.returncode == 1
    assert "any_reference: this model compares no face with a neutral one; leave it at 0" in done.stderr
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(("adapters", "rate"), [(True, 1e-5), (False, 3e-3)])
def test_a_trained_model_continues_at_the_default_rate_of_its_kind(painctl, dataset_file, tmp_path, adapters, rate):
    save(tmp_path / "first", tiny_model(adapters), TrainingSettings(), "")
    done = painctl("cv", dataset_file, "--init-from", "first", "--epochs", 0, "-k", 2, "--fold", 1, "-o", "run")
    assert done.returncode == 0, done.stderr
    about = json.loads((tmp_path / "run/fold-1.json").read_text())["about"]
    assert about["settings"]["learning_rate"] == rate


def test_a_truncated_checkpoint_is_reported_in_one_line(painctl, dataset_file, released):
    path, _ = released
    path.write_bytes(path.read_bytes()[:5000])
    done = painctl("pretrain", dataset_file, "--init-from", path, "-o", "model")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    assert f"{path.name}: cut short" in done.stderr
