import pytest

from painctl.runs.processes import choose_precision, is_main, make_accelerator, process_count


def test_one_process_is_the_main_one(monkeypatch):
    assert (is_main(), process_count()) == (True, 1)
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert (is_main(), process_count()) == (False, 2)


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
