import os
import subprocess
import sys

import pytest
import torch

from painctl.runs.machine import describe_machine, machine_difference

SCRIPT = "from painctl.runs.machine import describe_machine; print(describe_machine('cpu')['arithmetic'])"


def test_a_machine_is_described_alike_each_time():
    state = torch.random.get_rng_state()
    first = describe_machine("cpu")
    assert machine_difference(first, describe_machine("cpu")) == ""
    assert torch.equal(torch.random.get_rng_state(), state)


def test_the_first_difference_is_the_plainest():
    machine = describe_machine("cpu")
    other = {**machine, "threads": 64, "arithmetic": "0"}
    assert machine_difference(other, machine) == f"threads 64 (now {machine['threads']})"
    assert machine_difference({**machine, "arithmetic": "0"}, machine).startswith("arithmetic 0 (now")
    assert machine_difference({}, machine).startswith("torch None")


@pytest.mark.skipif(torch.backends.cpu.get_cpu_capability() == "DEFAULT", reason="there is one kind of instructions")
def test_other_kernels_have_other_arithmetic():
    environment = {**os.environ, "ATEN_CPU_CAPABILITY": "default"}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True)
    assert len(done.stdout.strip()) == 16
    assert done.stdout.strip() != describe_machine("cpu")["arithmetic"]
