"""Work shared out to processes: in order, whatever fails, and nothing is left behind."""

import os
import signal
import time

import pytest

from painctl.runs.workers import Workers


class Stubborn(Exception):
    """Cannot be rebuilt from its arguments."""

    def __init__(self, one, other):
        super().__init__(f"{one} {other}")


def work(task):
    if task == "fails":
        raise ValueError("no pigment")
    if task == "stubborn":
        raise Stubborn("no", "jaw")
    if task == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05 * (task % 3 == 0))  # so that later tasks finish first
    return task, os.getpid()


@pytest.mark.parametrize("count", [1, 2, 5])
def test_results_come_in_the_order_of_their_tasks(count):
    with Workers(work, count) as workers:
        for size in (7, 0, 3):  # the same processes again
            tasks, processes = zip(*workers.map(range(size)), strict=True) if size else ((), ())
            assert list(tasks) == list(range(size))
            assert len(set(processes)) <= count
            assert os.getpid() not in processes


def test_what_the_work_raises_comes_in_place_of_a_result():
    with Workers(work, 2) as workers:
        before, failed, stubborn, after = workers.map([1, "fails", "stubborn", 2])
    assert (before[0], after[0]) == (1, 2)
    assert isinstance(failed, ValueError)
    assert str(failed) == "no pigment"
    assert isinstance(stubborn, RuntimeError)
    assert str(stubborn) == "Stubborn: no jaw"
    assert 'raise ValueError("no pigment")' in str(failed.__cause__)


def test_a_killed_process_is_an_error_and_is_replaced():
    with Workers(work, 2) as workers:
        with pytest.raises(ChildProcessError, match="lower --jobs"):
            list(workers.map([1, "dies", 2]))
        assert [task for task, _ in workers.map([4, 5])] == [4, 5]


def test_results_that_nobody_waited_for_do_not_come_later():
    with Workers(work, 2) as workers:
        results = workers.map(range(6))
        assert next(results)[0] == 0
        results.close()
        assert [task for task, _ in workers.map([10, 11])] == [10, 11]


def test_no_process_outlives_the_block():
    with pytest.raises(KeyError), Workers(work, 3) as workers:
        processes = {process for _, process in workers.map(range(9))}
        raise KeyError
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
