import os
import signal

import pytest
from accelerate import Accelerator

from painctl.runs.stopping import stop_together


class Stopped(BaseException):
    pass


@pytest.fixture(autouse=True)
def raising():
    def stop(number, frame):
        raise Stopped

    previous = signal.signal(signal.SIGTERM, stop)
    yield
    signal.signal(signal.SIGTERM, previous)


def test_a_signal_is_raised_where_the_training_may_stop():
    reached = []
    with pytest.raises(Stopped), stop_together(Accelerator(cpu=True)) as stop_if_signalled:
        stop_if_signalled()
        os.kill(os.getpid(), signal.SIGTERM)
        reached.append("the end of the step")
        stop_if_signalled()
        reached.append("another step")
    assert reached == ["the end of the step"]


def test_a_process_without_a_signal_stops_with_the_others(monkeypatch):
    accelerator = Accelerator(cpu=True)
    monkeypatch.setattr("accelerate.Accelerator.num_processes", 2)
    monkeypatch.setattr(accelerator, "reduce", lambda tensor, how: tensor + 1)  # the other process's count
    with pytest.raises(InterruptedError, match="another process"), stop_together(accelerator) as stop_if_signalled:
        stop_if_signalled()
