"""Two processes under torchrun do the work of one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from painctl.vitpain.processes import accelerator, precision
from painctl.vitpain.settings import Settings


def pretrain(dataset, output, processes, *more):
    run = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}", "-m"]
    command = ["painctl", "pretrain", str(dataset), "-o", str(output), "--epochs", "2", "--device", "cpu", *more]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run([*run, *command], env=environment, capture_output=True, text=True, check=False)


# A model without dropout, which is drawn for each process, so that only the sharing of the work can differ.
TRAIN = """
import sys
sys.path.insert(0, sys.argv[1])
from conftest import SIZE, DrawnFaces, tiny_config
from safetensors.torch import save_file
from painctl.vitpain.backbones import Preprocess
from painctl.vitpain.model import Architecture, ViTPain
from painctl.vitpain.processes import is_main
from painctl.vitpain.seeding import seeded
from painctl.vitpain.settings import Settings
from painctl.vitpain.training import train

with seeded(0, "weights"):
    model = ViTPain(Architecture(tiny_config().to_dict(), Preprocess(SIZE), False, 4, (16,), dropout=0.0))
if is_main():
    save_file(model.state_dict(), sys.argv[2] + ".start")
train(model, DrawnFaces([1, 2, 3], 8), None, Settings(epochs=3, batch_size=8, learning_rate=1e-3, seed=5))
if is_main():
    save_file(model.state_dict(), sys.argv[2])
"""


def test_two_processes_train_what_one_trains(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(TRAIN)
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    for processes in (1, 2):
        run = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
        run += [str(script), str(Path(__file__).parent), str(tmp_path / str(processes))]
        done = subprocess.run(run, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    start, one, two = (load_file(tmp_path / name) for name in ("1.start", "1", "2"))

    def distance(first, second):
        return sum(float(np.square(first[name] - second[name]).sum()) for name in start) ** 0.5

    # gradients that are zero but for rounding, as those of the keys' biases, move weights as far as others under Adam
    assert distance(one, two) < 0.1 * distance(start, one)


def test_the_command_under_two_processes(dataset_file, tmp_path):
    for processes in (1, 2):
        done = pretrain(dataset_file, tmp_path / str(processes), processes)
        assert done.returncode == 0, done.stderr
        assert done.stdout == f"{tmp_path / str(processes)}\n"
    logs = [[json.loads(line) for line in (tmp_path / f"{n}/log.jsonl").open()] for n in (1, 2)]
    assert [[row["epoch"] for row in log] for log in logs] == [[1, 2], [1, 2]]


def test_a_batch_that_does_not_divide_is_refused(dataset_file, tmp_path):
    done = pretrain(dataset_file, tmp_path / "odd", 2, "--batch-size", "3")
    assert done.returncode != 0
    assert "a batch of 3 does not divide by 2" in done.stderr
    assert not (tmp_path / "odd").exists()


def test_devices_and_precision():
    import torch

    assert accelerator("cpu", Settings()).device.type == "cpu"
    assert (precision("auto", "cpu"), precision("bf16", "cpu")) == ("fp32", "bf16")
    if not torch.cuda.is_available():
        assert accelerator("auto", Settings()).device.type == "cpu"
        with pytest.raises(ValueError, match="--device cuda"):
            accelerator("cuda", Settings())
