"""True Slurm arrays, where Slurm can be started; tests/reliability/run.py makes the whole chain with it."""

import sys
import time

import pytest
from cluster import cluster, missing
from kills import STAGES, Chain, contents

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "Slurm is here")


@pytest.fixture(scope="module")
def slurm():
    with cluster() as here:
        yield here


@pytest.fixture(scope="module")
def chain(head, tmp_path_factory):
    return Chain(tmp_path_factory.mktemp("unbroken")).make("sample-ids", "render-depth")


@pytest.fixture
def depth(chain):
    return "painctl render-depth --size 64 " + " ".join(map(str, chain.inputs(STAGES[1]))) + " -o out"


def logs(folder):
    return "".join(path.read_text() for path in folder.glob("log.*"))


@pytest.mark.parametrize("array", ["0", "5-9:2"], ids=["fewer tasks than shards", "more, with steps and a minimum"])
def test_the_tasks_share_the_shards(slurm, chain, depth, tmp_path, array):
    states = slurm.wait(slurm.submit(depth, tmp_path, f"--array={array}"))
    assert set(states.values()) == {("COMPLETED", "0:0")}, logs(tmp_path)
    assert contents(tmp_path / "out") == contents(chain.folder / "depth")


def test_an_array_with_gaps_is_refused_rather_than_done_in_part(slurm, depth, tmp_path):
    states = slurm.wait(slurm.submit(depth, tmp_path, "--array=0,1,5"))
    assert {code for _, code in states.values()} == {"2:0"}
    assert "the array has gaps" in logs(tmp_path)
    assert not (tmp_path / "out").exists()


def test_two_tasks_with_the_same_work_do_not_corrupt_each_other(slurm, chain, depth, tmp_path):
    states = slurm.wait(slurm.submit(f"{depth} --task 0/1", tmp_path, "--array=0-1"))
    assert set(states.values()) == {("COMPLETED", "0:0")}, logs(tmp_path)
    assert contents(tmp_path / "out") == contents(chain.folder / "depth")


def test_a_signal_before_the_end_stops_it_and_a_requeue_goes_on(slurm, chain, tmp_path):
    """scancel sends what `--signal=B:USR1@60` does a minute before the time is up."""
    line = f"exec {sys.executable} -m painctl sample-ids -n 3 --seed 5 --shard-size 2 -o out"
    job = slurm.submit(line, tmp_path, "--array=4")
    while not (tmp_path / "out").exists():
        time.sleep(0.01)
    slurm.call("scancel", "--batch", "--signal=USR1", f"{job}_4")
    assert slurm.wait(job) == {"4": ("FAILED", "138:0")}
    assert "stopped; nothing half-written is left" in logs(tmp_path)
    assert not list(tmp_path.rglob(".*.part"))
    slurm.requeue(f"{job}_4")
    assert slurm.wait(job) == {"4": ("COMPLETED", "0:0")}
    assert contents(tmp_path / "out") == contents(chain.folder / "ids")
