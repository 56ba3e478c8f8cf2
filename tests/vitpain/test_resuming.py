"""A killed run goes on to the weights of an unbroken one, bit for bit."""

import json
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from painctl.runs.resume import Keeper
from painctl.stages.pretrain import describe
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.training import train

SETTINGS = TrainingSettings(epochs=3, batch_size=4, learning_rate=3e-3, pain_weight=2.0, seed=5, shots=3)


class Killed(Exception):
    pass


class Dying(Keeper):
    """Saves after every step, and dies after some."""

    left = 0

    def save(self, *state):
        super().save(*state)
        self.left -= 1
        if self.left == 0:
            raise Killed


@pytest.mark.parametrize("adapters", [False, True])
def test_broken_off_again_and_again_gives_the_same_bits_and_the_same_log(tiny, drawn_faces, tmp_path, adapters):
    source, held_out = drawn_faces([1, 2, 3], 4), drawn_faces([9], 4)
    whole_log, log, rounds = [], [], 0
    whole = train(tiny(adapters), source, held_out, SETTINGS, whole_log.append).state_dict()
    while True:
        keeper, log = Dying(tmp_path / "state", {"seed": 5}, seconds=0), []
        keeper.left, rounds = 2, rounds + 1
        try:
            model = train(tiny(adapters), source, held_out, SETTINGS, log.append, keeper=keeper)
            break
        except Killed:
            continue
    assert rounds == 5  # nine steps, two a life
    assert log == whole_log
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, whole[name]), name


def test_a_state_of_another_run_is_refused_by_name(tiny, drawn_faces, tmp_path):
    source = drawn_faces([1, 2], 4)
    keeper = Dying(tmp_path / "state", {"settings": {"seed": 5, "epochs": 3}}, seconds=0)
    keeper.left = 1
    with pytest.raises(Killed):
        train(tiny(), source, None, SETTINGS, keeper=keeper)
    other = Keeper(tmp_path / "state", {"settings": {"seed": 6, "epochs": 3}})
    with pytest.raises(ValueError, match=r"state: of a run with seed 5 \(now 6\)"):
        train(tiny(), source, None, SETTINGS, keeper=other)
    data = (tmp_path / "state").read_bytes()
    (tmp_path / "state").write_bytes(data[: len(data) // 2])
    with pytest.raises(ValueError, match="state: damaged"):
        train(tiny(), source, None, SETTINGS, keeper=keeper)


def test_another_number_of_processes_is_refused_by_name(tiny, drawn_faces, tmp_path, monkeypatch):
    """Sums over other shares of a batch do not come out to the same bits."""
    monkeypatch.setenv("WORLD_SIZE", "2")
    keeper = Dying(tmp_path / "state", describe("faces", tiny(), SETTINGS), seconds=0)
    monkeypatch.delenv("WORLD_SIZE")
    keeper.left = 1
    with pytest.raises(Killed):
        train(tiny(), drawn_faces([1, 2], 4), None, SETTINGS, keeper=keeper)
    other = Keeper(tmp_path / "state", describe("faces", tiny(), SETTINGS))
    with pytest.raises(ValueError, match=r"state: of a run with processes 2 \(now 1\)"):
        train(tiny(), drawn_faces([1, 2], 4), None, SETTINGS, keeper=other)


def epoch_of(state):
    """The epochs that a run's state has behind it; -1 before there is a state."""
    try:
        data = state.read_bytes()  # in one go: the run replaces the file meanwhile
    except FileNotFoundError:
        return -1
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return json.loads(header["__metadata__"]["painctl"])["position"]["epoch"]


def runs(process):
    """Whether it has not ended; one that has ended and nobody asked about is still in /proc, as a zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_kill_9_at_a_random_step_and_the_same_command_again(typed, dataset_file, tmp_path):
    """The command in a process of its own, killed by the system at seeded moments of the whole training."""
    command = ["pretrain", dataset_file, "--epochs", 8, "--batch-size", 4, "--save-every", 0, "-o"]
    tmp_path = tmp_path / "models"
    tmp_path.mkdir()
    assert typed.run([*command, "whole"], tmp_path).returncode == 0
    broken, state = tmp_path / "broken", tmp_path / "broken.partial"
    rng, epochs = np.random.default_rng(0), []
    for earliest in (0, 2, 4):  # epochs before each kill, at least; and somewhere in the next two
        process = typed.start([*command, "broken"], tmp_path)
        while runs(process) and epoch_of(state) < earliest:
            time.sleep(0.05)
        first = time.monotonic()
        while runs(process) and epoch_of(state) < earliest + 1:
            time.sleep(0.05)
        time.sleep(rng.uniform(0, time.monotonic() - first) if earliest else 0)
        os.kill(process, signal.SIGKILL)
        assert typed.finish().returncode == -signal.SIGKILL
        epochs.append(epoch_of(state))
    assert epochs == sorted(set(epochs))
    assert epochs[0] >= 1  # with a best epoch to remember
    assert not broken.exists()
    assert typed.run([*command, "broken"], tmp_path).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken", "whole"]
    for file in ("model.safetensors", "log.jsonl"):
        assert (broken / file).read_bytes() == (tmp_path / "whole" / file).read_bytes()
    assert load_file(broken / "model.safetensors")
    assert Path(broken / "config.json").read_text() == (tmp_path / "whole/config.json").read_text()
