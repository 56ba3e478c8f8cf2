"""Two processes under torchrun do the work of one."""

import json
import os
import subprocess
import sys

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


def test_two_processes_train_what_one_trains(dataset_file, tmp_path):
    for processes in (1, 2):
        done = pretrain(dataset_file, tmp_path / str(processes), processes)
        assert done.returncode == 0, done.stderr
        assert done.stdout == f"{tmp_path / str(processes)}\n"
    one, two = (load_file(tmp_path / f"{n}/model.safetensors") for n in (1, 2))
    logs = [[json.loads(line) for line in (tmp_path / f"{n}/log.jsonl").open()] for n in (1, 2)]
    # dropout is drawn for each process: the gradients agree as those of two seeds do, and not more
    for first, second in zip(*logs, strict=True):
        assert second["loss"] == pytest.approx(first["loss"], rel=0.2)
    start = np.concatenate([(one[name] - two[name]).ravel() for name in one])
    size = np.concatenate([one[name].ravel() for name in one])
    assert 0 < np.linalg.norm(start) < 0.2 * np.linalg.norm(size)


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
