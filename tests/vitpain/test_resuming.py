"""A killed training resumes to the weights of an uninterrupted one, bit for bit."""

import json
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from painctl.runs.resume import Checkpointer
from painctl.vitpain import training
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.training import Execution, train
from painctl.vitpain.training_run import describe_run

SETTINGS = TrainingSettings(epochs=3, batch_size=4, learning_rate=3e-3, pain_weight=2.0, seed=5, shots=3)


class Killed(Exception):
    pass


class KillingCheckpointer(Checkpointer):
    """Saves after every step, and raises `Killed` after `left` of them."""

    left = 0

    def save(self, *state):
        super().save(*state)
        self.left -= 1
        if self.left == 0:
            raise Killed


@pytest.mark.parametrize("kind", ["whole", "adapters", "stem"])
def test_repeated_kills_give_the_same_bits_and_the_same_log(tiny, tiny_hybrid, drawn_faces, tmp_path, kind):
    source, held_out = drawn_faces([1, 2, 3], 4), drawn_faces([9], 4)
    settings = replace(SETTINGS, augment="strong" if kind == "stem" else "mild")

    def build():
        return tiny_hybrid() if kind == "stem" else tiny(kind == "adapters")

    expected_log, log, rounds = [], [], 0
    expected = train(build(), source, held_out, settings, Execution(log=expected_log.append)).state_dict()
    while True:
        checkpointer, log = KillingCheckpointer(tmp_path / "state", {"seed": 5}, interval=0), []
        checkpointer.left, rounds = 2, rounds + 1
        try:
            execution = Execution(log=log.append, checkpointer=checkpointer)
            model = train(build(), source, held_out, settings, execution)
            break
        except Killed:
            continue
    assert rounds == 6  # nine steps and the end, two before each kill
    assert log == expected_log
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, expected[name]), name


def test_the_state_of_another_run_is_rejected(tiny, drawn_faces, tmp_path):
    source = drawn_faces([1, 2], 4)
    checkpointer = KillingCheckpointer(tmp_path / "state", {"settings": {"seed": 5, "epochs": 3}}, interval=0)
    checkpointer.left = 1
    with pytest.raises(Killed):
        train(tiny(), source, None, SETTINGS, Execution(checkpointer=checkpointer))
    other_run = Checkpointer(tmp_path / "state", {"settings": {"seed": 6, "epochs": 3}})
    with pytest.raises(ValueError, match=r"state: state of a run with seed 5 \(now 6\)"):
        train(tiny(), source, None, SETTINGS, Execution(checkpointer=other_run))
    data = (tmp_path / "state").read_bytes()
    (tmp_path / "state").write_bytes(data[: len(data) // 2])
    with pytest.raises(ValueError, match="state: damaged"):
        train(tiny(), source, None, SETTINGS, Execution(checkpointer=checkpointer))


def test_another_number_of_processes_is_rejected(tiny, drawn_faces, tmp_path, monkeypatch):
    """Because sums over other shares of a batch are rounded differently."""
    torchrun = {"RANK": 0, "WORLD_SIZE": 2, "LOCAL_RANK": 0, "MASTER_ADDR": "localhost", "MASTER_PORT": 29500}
    for name, value in torchrun.items():
        monkeypatch.setenv(name, str(value))
    checkpointer = KillingCheckpointer(tmp_path / "state", describe_run("faces", tiny(), SETTINGS), interval=0)
    for name in torchrun:
        monkeypatch.delenv(name)
    checkpointer.left = 1
    with pytest.raises(Killed):
        train(tiny(), drawn_faces([1, 2], 4), None, SETTINGS, Execution(checkpointer=checkpointer))
    one_process = Checkpointer(tmp_path / "state", describe_run("faces", tiny(), SETTINGS))
    with pytest.raises(ValueError, match=r"state: state of a run with processes 2 \(now 1\)"):
        train(tiny(), drawn_faces([1, 2], 4), None, SETTINGS, Execution(checkpointer=one_process))


class Stopped(BaseException):
    pass


@pytest.mark.parametrize("moment", ["in a step", "in the validation", "in the log"])
def test_a_signal_saves_the_state_after_the_step(tiny, drawn_faces, tmp_path, monkeypatch, moment):
    def stop(number, frame):
        raise Stopped

    source, held_out, log = drawn_faces([1, 2, 3], 4), drawn_faces([9], 4), []
    expected = train(tiny(), source, held_out, SETTINGS, Execution(log=log.append)).state_dict()
    steps = []

    def step(self, *arguments):
        steps.append(1)
        if moment == "in a step" and len(steps) == 5:
            os.kill(os.getpid(), signal.SIGTERM)
        return whole_step(self, *arguments)

    def evaluated(*arguments):
        if moment == "in the validation" and len(steps) == 6:
            os.kill(os.getpid(), signal.SIGTERM)
        return evaluate(*arguments)

    def logged(row):
        if moment == "in the log" and row["epoch"] == 3:
            os.kill(os.getpid(), signal.SIGTERM)

    whole_step, evaluate = training._Run._step, training.evaluate
    monkeypatch.setattr(training._Run, "_step", step)
    monkeypatch.setattr(training, "evaluate", evaluated)
    previous = signal.signal(signal.SIGTERM, stop)
    execution = Execution(log=logged, checkpointer=Checkpointer(tmp_path / "state", {}))
    try:
        with pytest.raises(Stopped):
            train(tiny(), source, held_out, SETTINGS, execution)
    finally:
        signal.signal(signal.SIGTERM, previous)
    monkeypatch.setattr(training, "evaluate", evaluate)
    before, rows = len(steps), []
    assert before == {"in a step": 5, "in the validation": 6, "in the log": 9}[moment]
    resumed = Execution(log=rows.append, checkpointer=Checkpointer(tmp_path / "state", {}))
    model = train(tiny(), source, held_out, SETTINGS, resumed)
    assert len(steps) == 9  # none was lost
    assert rows == log
    assert all(torch.equal(tensor, expected[name]) for name, tensor in model.state_dict().items())


def epoch_of(state):
    """The finished epochs in a run's state; -1 if there is no state."""
    try:
        data = state.read_bytes()  # in one read, because the run replaces the file
    except FileNotFoundError:
        return -1
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return json.loads(header["__metadata__"]["painctl"])["position"]["epoch"]


def is_running(process):
    """Whether a process has not ended; an ended one stays in /proc as a zombie until its parent waits for it."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_command_resumes_after_sigkill_at_random_steps(command_server, dataset_file, tmp_path):
    """In a separate process, killed at moments that a seed spreads over the training."""
    command = ["pretrain", dataset_file, "--epochs", 8, "--batch-size", 4, "--save-every", 0, "-o"]
    tmp_path = tmp_path / "models"
    tmp_path.mkdir()
    assert command_server.run([*command, "whole"], tmp_path).returncode == 0
    killed, state = tmp_path / "killed", tmp_path / "killed.partial"
    rng, epochs = np.random.default_rng(0), []
    for earliest in (0, 2, 4):  # finished epochs before each kill, which falls in the next two
        process = command_server.start([*command, "killed"], tmp_path)
        while is_running(process) and epoch_of(state) < earliest:
            time.sleep(0.05)
        first = time.monotonic()
        while is_running(process) and epoch_of(state) < earliest + 1:
            time.sleep(0.05)
        time.sleep(rng.uniform(0, time.monotonic() - first) if earliest else 0)
        os.kill(process, signal.SIGKILL)
        assert command_server.finish().returncode == -signal.SIGKILL
        epochs.append(epoch_of(state))
    assert epochs == sorted(set(epochs))
    assert epochs[0] >= 1  # there is a best epoch to restore
    assert not killed.exists()
    assert command_server.run([*command, "killed"], tmp_path).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["killed", "whole"]
    for file in ("model.safetensors", "log.jsonl"):
        assert (killed / file).read_bytes() == (tmp_path / "whole" / file).read_bytes()
    assert load_file(killed / "model.safetensors")
    assert Path(killed / "config.json").read_text() == (tmp_path / "whole/config.json").read_text()
