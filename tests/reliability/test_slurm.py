"""Real Slurm arrays, if Slurm can be started; tests/reliability/run.py runs the whole pipeline with it."""

import sys
import time
from pathlib import Path

import pytest
from cluster import cluster, missing
from commands import shell
from kills import Chain, contents
from slurm import requeue, submitted

from painctl.shard.reader import Shard
from painctl.shard.schema import TABLES
from painctl.shard.writer import ShardWriter

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "Slurm can be started")


@pytest.fixture(scope="module")
def slurm():
    with cluster() as started:
        yield started


@pytest.fixture(scope="module")
def chain(head, tmp_path_factory):
    return Chain(tmp_path_factory.mktemp("unbroken")).make("sample-ids", "render-depth")


def damage_portrait(path: Path, person: int) -> None:
    """Replace the portrait of one person of a shard with invalid data."""
    intact = path.rename(path.with_suffix(".intact"))
    with Shard(intact) as shard, ShardWriter(path, shard.attributes) as out:
        out.copy(shard, "topology")
        for row in range(shard.rows("identities")):
            for table in ("identities", "meshes", "depth", "portraits"):
                columns = {c.name: shard.read(table, c.name, slice(row, row + 1)) for c in TABLES[table].columns}
                columns |= {"image": [b"no picture"]} if table == "portraits" and row == person else {}
                out.append(table, columns)
    intact.unlink()


@pytest.fixture
def depth(chain):
    return "painctl render-depth --size 64 " + " ".join(map(str, chain.shards("ids"))) + " -o out"


def logs(folder):
    return "".join(path.read_text() for path in folder.glob("log.*"))


@pytest.mark.parametrize("array", ["0", "5-9:2"], ids=["fewer tasks than shards", "more, with steps and a minimum"])
def test_the_tasks_share_the_shards(slurm, chain, depth, tmp_path, array):
    states = slurm.wait(slurm.submit(depth, tmp_path, f"--array={array}"))
    assert set(states.values()) == {("COMPLETED", "0:0")}, logs(tmp_path)
    assert contents(tmp_path / "out") == contents(chain.folder / "depth")


def test_an_array_with_gaps_is_rejected(slurm, depth, tmp_path):
    states = slurm.wait(slurm.submit(depth, tmp_path, "--array=0,1,5"))
    assert {code for _, code in states.values()} == {"2:0"}
    assert "the array has gaps" in logs(tmp_path)
    assert not (tmp_path / "out").exists()


def test_two_tasks_with_the_same_work_do_not_interfere(slurm, chain, depth, tmp_path):
    states = slurm.wait(slurm.submit(f"{depth} --task 0/1", tmp_path, "--array=0-1"))
    assert set(states.values()) == {("COMPLETED", "0:0")}, logs(tmp_path)
    assert contents(tmp_path / "out") == contents(chain.folder / "depth")


def test_a_task_stopped_by_a_signal_resumes_when_requeued(slurm, head, tmp_path):
    """scancel sends the signal that `--signal=B:USR1@60` sends a minute before the time limit."""
    command = "painctl sample-ids -n 80 --seed 5 --shard-size 2"  # takes long enough to be stopped half-way
    job = slurm.submit(f"exec {sys.executable} -m {command} -o out", tmp_path, "--array=4")
    while not (tmp_path / "out").exists():
        time.sleep(0.01)
    slurm.call("scancel", "--batch", "--signal=USR1", f"{job}_4")
    assert slurm.wait(job) == {"4": ("FAILED", "138:0")}
    assert "stopped; every output is complete or absent" in logs(tmp_path)
    assert not list(tmp_path.rglob(".*.part"))
    slurm.requeue(f"{job}_4")
    assert slurm.wait(job) == {"4": ("COMPLETED", "0:0")}, logs(tmp_path)
    assert shell(f"{command} -o whole", tmp_path).returncode == 0
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_a_pipeline_continues_after_a_cancelled_task_and_without_a_failed_person(slurm, head, tmp_path):
    """Run by docs/slurm.sh; the exit code of pack reports the failed person."""
    lines = "painctl sample-ids -n 2 --seed 5 --shard-size 2 -o ids | painctl render-depth --size 64 -o depth | "
    assert shell(f"{lines} painctl synth-neutral -o portraits", tmp_path).returncode == 0
    damage_portrait(tmp_path / "portraits" / "s5-00000-00001.h5", 1)
    settings = {"TEXTURE": "--engine bake --size 128", "RIG": "--expressions 1"}
    arrays, packing = submitted(slurm, 2, 1, tmp_path, **settings, VIEWS="--views 1")
    cancelled = f"{arrays[0]}_0"
    while slurm.states(arrays[0])["0"][0] != "RUNNING":
        time.sleep(0.02)
    slurm.call("scancel", cancelled)
    requeue(slurm, cancelled, tmp_path)
    states = {job: slurm.wait(job, 120) for job in (*arrays, packing)}
    log = "".join(path.read_text() for path in (tmp_path / "logs").iterdir())
    assert all(states[job] == {"0": ("COMPLETED", "0:0")} for job in arrays), log
    assert states[packing] == {"": ("FAILED", "3:0")}, log
    assert "s5-00001: not a readable picture" in log
    with Shard(tmp_path / "dataset.h5") as shard:
        assert shard.read("identities", "name") == ["s5-00000"]
        assert shard.read("failures", "name") == ["s5-00001"]
