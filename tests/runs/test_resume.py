import os

import numpy as np
import pytest
import torch
from torch import nn

from painctl.runs.resume import Checkpointer, TrainingProgress, digest, load_trainable_state, trainable_state


def trained(steps=1):
    """A model with a frozen layer, and its optimizer after some steps."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
    model[0].requires_grad_(False)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad])
    for _ in range(steps):
        optimizer.zero_grad()
        model(torch.ones(5, 3)).sum().backward()
        optimizer.step()
    return model, optimizer


def test_the_trainable_state_has_parameters_with_gradients_and_buffers():
    model, _ = trained()
    names = trainable_state(model).keys()
    assert {"2.weight", "2.bias", "1.weight", "1.running_mean"} <= names
    assert not {"0.weight", "0.bias"} & names
    fresh, _ = trained(0)
    load_trainable_state(fresh, trainable_state(model))
    assert digest(fresh) == digest(model)


def test_a_saved_state_is_restored_exactly(tmp_path):
    model, optimizer = trained(3)
    best = {"2.bias": torch.tensor([7.0])}
    progress = TrainingProgress(2, 1, {"loss": 0.1}, [{"epoch": 1}], 0.5)
    Checkpointer(tmp_path / "state", {"seed": 1}).save(progress, model, optimizer, best)
    fresh, fresh_optimizer = trained(0)
    restored, restored_best = Checkpointer(tmp_path / "state", {"seed": 1}).load(fresh, fresh_optimizer)
    assert restored == progress
    assert torch.equal(restored_best["2.bias"], best["2.bias"])
    assert digest(fresh) == digest(model)
    for old, new in zip(
        optimizer.state_dict()["state"].values(), fresh_optimizer.state_dict()["state"].values(), strict=True
    ):
        assert all(torch.equal(old[name], new[name]) for name in old)
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


def test_without_a_file_a_run_starts_from_the_beginning(tmp_path):
    checkpointer = Checkpointer(tmp_path / "state", {})
    assert checkpointer.load(*trained(0)) == (TrainingProgress(), None)
    checkpointer.delete()


def test_the_state_of_another_run_and_a_damaged_one_are_rejected(tmp_path):
    path = tmp_path / "state"
    checkpointer = Checkpointer(path, {"seed": 1}, interval=0)
    assert checkpointer.is_due()
    checkpointer.save(TrainingProgress(), *trained(), None)
    with pytest.raises(ValueError, match=r"state: state of a run with seed 1 \(now 2\); .* or delete the file"):
        Checkpointer(path, {"seed": 2}).load(*trained(0))
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ValueError, match=r"state: damaged .*; delete it and train again"):
        checkpointer.load(*trained(0))
    checkpointer.delete()
    assert not path.exists()
    assert not Checkpointer(path, {}).is_due()


def test_every_flipped_bit_of_a_state_is_reported(tmp_path):
    path, rng = tmp_path / "state", np.random.default_rng(0)
    checkpointer = Checkpointer(path, {"seed": 1, "sha256": "0" * 64})
    checkpointer.save(TrainingProgress(1, 2, {"loss": 0.1}, [{"epoch": 1, "pcc": None}], 0.5), *trained(), None)
    whole = path.read_bytes()
    checkpointer.load(*trained(0))
    for place in range(0, len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(flipped)
        with pytest.raises(ValueError, match="state: damaged or of another version; delete it and train again"):
            checkpointer.load(*trained(0))


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_state_has_the_permissions_of_any_new_file(tmp_path, mask):
    earlier = os.umask(mask)
    try:
        Checkpointer(tmp_path / "state", {}).save(TrainingProgress(), *trained(), None)
    finally:
        os.umask(earlier)
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o666 & ~mask


def test_a_state_that_is_a_placeholder(tmp_path):
    (tmp_path / "state").write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(ValueError, match="state: a Git LFS pointer"):
        Checkpointer(tmp_path / "state", {}).load(*trained(0))


def test_a_state_of_another_machine_is_rejected_unless_accepted(tmp_path):
    threads = torch.get_num_threads()
    path = tmp_path / "state"
    Checkpointer(path, {}).save(TrainingProgress(1), *trained(), None)
    torch.set_num_threads(threads + 1)
    try:
        expected = rf"saved with threads {threads} \(now {threads + 1}\).*add --threads {threads}, or --any-machine"
        with pytest.raises(ValueError, match=expected):
            Checkpointer(path, {}).load(*trained(0))
        progress, _ = Checkpointer(path, {}, any_machine=True).load(*trained(0))
        assert progress.epoch == 1
    finally:
        torch.set_num_threads(threads)
