import os
import time

import pytest

from painctl.records import UsageError
from painctl.runs import processes
from painctl.runs.processes import choose_precision, is_main, make_accelerator, meet, process_count

TORCHRUN = {"RANK": "1", "WORLD_SIZE": "2", "LOCAL_RANK": "1", "MASTER_ADDR": "localhost", "MASTER_PORT": "29500"}


@pytest.fixture
def environment(monkeypatch):
    """Sets variables, and unsets those of torchrun."""

    def change(variables):
        for name in TORCHRUN:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    change({})
    return change


def test_torchrun_decides_which_process_is_the_main_one(environment):
    assert (is_main(), process_count()) == (True, 1)
    environment(TORCHRUN)
    assert (is_main(), process_count()) == (False, 2)
    environment({**TORCHRUN, "RANK": "0"})
    assert (is_main(), process_count()) == (True, 2)


@pytest.mark.parametrize(
    "leftovers",
    [
        {"RANK": "1"},
        {"RANK": "x"},
        {"RANK": "", "WORLD_SIZE": ""},
        {"WORLD_SIZE": "2"},
        {"RANK": "3", "WORLD_SIZE": "1"},
        {"LOCAL_RANK": "0"},
        {"LOCAL_RANK": "none"},
        {"PMI_RANK": "1", "PMI_SIZE": "2"},
        {"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "4", "PMIX_RANK": "1"},
        {"MV2_COMM_WORLD_RANK": "1", "MV2_COMM_WORLD_SIZE": "4", "MPI_LOCALRANKID": "x"},
        {"SLURM_PROCID": "3", "SLURM_NTASKS": "4"},
        {"ACCELERATE_MIXED_PRECISION": "fp16", "ACCELERATE_USE_CPU": "x", "FORK_LAUNCHED": "1"},
    ],
)
def test_what_other_launchers_left_is_ignored(environment, leftovers):
    environment(leftovers)
    before = dict(os.environ)
    assert (is_main(), process_count()) == (True, 1)
    accelerator = make_accelerator("cpu", "fp32", 2, 1)
    assert (accelerator.num_processes, accelerator.is_main_process) == (1, True)
    assert accelerator.mixed_precision == "no"
    assert {**os.environ, "CUBLAS_WORKSPACE_CONFIG": ""} == {**before, "CUBLAS_WORKSPACE_CONFIG": ""}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"LOCAL_RANK": ""}, "LOCAL_RANK is ''"),
        ({"MASTER_ADDR": ""}, "MASTER_ADDR is ''"),
        ({"MASTER_PORT": "http"}, "MASTER_PORT is 'http'"),
        ({"RANK": "2"}, "RANK is '2'"),
        ({"RANK": "-1"}, "RANK is '-1'"),
        ({"WORLD_SIZE": "two"}, "WORLD_SIZE is 'two'"),
        ({"WORLD_SIZE": "0"}, "RANK is '1'"),
    ],
)
def test_what_torchrun_would_not_set_is_rejected(environment, changed, named):
    environment({**TORCHRUN, **changed})
    with pytest.raises(UsageError, match=f"{named} .*unset RANK and WORLD_SIZE"):
        is_main()


@pytest.mark.parametrize("rank", ["0", "1"])
def test_processes_that_do_not_come_are_not_waited_for_forever(environment, monkeypatch, rank):
    monkeypatch.setattr(processes, "_MEETING", processes.timedelta(seconds=1))
    environment({**TORCHRUN, "RANK": rank, "MASTER_PORT": "29637"})
    begun = time.monotonic()
    with pytest.raises(ValueError, match=f"RANK={rank}: the 2 processes of WORLD_SIZE did not meet at localhost:29637"):
        meet("cpu")
    assert time.monotonic() - begun < 30


def test_a_batch_that_does_not_divide_is_rejected(monkeypatch):
    monkeypatch.setattr("accelerate.Accelerator.num_processes", 2)
    with pytest.raises(ValueError, match=r"a batch of 3 is not divisible by 2 \(2 processes, 1 parts each\)"):
        make_accelerator("cpu", "fp32", 3, 1)
    assert make_accelerator("cpu", "fp32", 4, 1).device.type == "cpu"


def test_devices_and_precision():
    import torch

    assert make_accelerator("cpu", "fp32", 48, 1).device.type == "cpu"
    assert (choose_precision("auto", "cpu"), choose_precision("bf16", "cpu")) == ("fp32", "bf16")
    if not torch.cuda.is_available():
        assert make_accelerator("auto", "fp32", 48, 1).device.type == "cpu"
        with pytest.raises(ValueError, match="--device cuda"):
            make_accelerator("cuda", "fp32", 48, 1)
