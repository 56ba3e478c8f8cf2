"""Training in two processes under torchrun."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

# No dropout, which is drawn per process, so that only the splitting of the work can differ.
TRAIN = """
import sys
sys.path.insert(0, sys.argv[1])
from made_faces import SIZE, DrawnFaces, tiny_config
from safetensors.torch import save_file
from painctl.runs.processes import is_main
from painctl.runs.seeding import seeded
from painctl.vitpain.backbones import Preprocess
from painctl.vitpain.model import Architecture, ViTPain
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.training import train

with seeded(0, "weights"):
    model = ViTPain(Architecture(tiny_config().to_dict(), Preprocess(SIZE), False, 4, (16,), dropout=0.0))
if is_main():
    save_file(model.state_dict(), sys.argv[2] + ".start")
train(model, DrawnFaces([1, 2, 3], 8), None, TrainingSettings(epochs=3, batch_size=8, learning_rate=1e-3, seed=5))
if is_main():
    save_file(model.state_dict(), sys.argv[2])
"""


def test_two_processes_train_what_one_trains(tmp_path, monkeypatch):
    script = tmp_path / "script.py"
    script.write_text(TRAIN)
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    run = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    run += [str(script), str(Path(__file__).parents[1]), str(tmp_path / "2")]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    monkeypatch.setattr(sys, "argv", [str(script), str(Path(__file__).parents[1]), str(tmp_path / "1")])
    runpy.run_path(str(script))
    start, one, two = (load_file(tmp_path / name) for name in ("1.start", "1", "2"))

    def distance(first, second):
        return sum(float(np.square(first[name] - second[name]).sum()) for name in start) ** 0.5

    # Adam scales even gradients of pure rounding error, such as those of the keys' biases, to full steps
    assert distance(one, two) < 0.1 * distance(start, one)


def test_the_command_under_two_processes(dataset_file, tmp_path):
    run = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m"]
    command = ["painctl", "pretrain", str(dataset_file), "-o", str(tmp_path / "model"), "--epochs", "2"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*run, *command, "--device", "cpu"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{tmp_path / 'model'}\n"
    log = [json.loads(line) for line in (tmp_path / "model/log.jsonl").open()]
    assert [row["epoch"] for row in log] == [1, 2]
