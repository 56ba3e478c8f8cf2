"""Job arrays on a real Slurm, among them the whole pipeline of docs/slurm.sh with tasks cancelled and requeued."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from cluster import Cluster
from commands import shell

SCRIPT = Path(__file__).parents[2] / "docs/slurm.sh"
SMALL = {"SIZE": "64", "TEXTURE": "--size 128", "RIG": "--expressions 2", "VIEWS": "--views 2", "GPU": "", "SEED": "5"}
LINE = (
    "painctl sample-ids -n {people} --seed 5 | painctl render-depth --size 64 | painctl synth-neutral | "
    "painctl texture --size 128 | painctl rig --expressions 2 | painctl render-views --size 64 --views 2 | "
    "painctl pack -o whole.h5"
)


def chain(cluster: Cluster, people: int, tasks: int, requeued: int, folder: Path) -> str:
    """Make a dataset with docs/slurm.sh, kill and requeue running tasks, and compare it with that of one process.

    `requeued` is the number of tasks to kill. Returns what is wrong; empty if nothing is.
    """
    try:
        arrays, packing = submitted(cluster, people, tasks, folder)
    except subprocess.CalledProcessError as error:
        return str(error.stderr)
    _disturb(cluster, arrays, requeued, folder)
    for job in (*arrays, packing):
        if failed := {task: state for task, state in cluster.wait(job, 3000).items() if state != ("COMPLETED", "0:0")}:
            return f"job {job}: {failed}: {''.join(log.read_text() for log in (folder / 'logs').iterdir())}"
    done = shell(LINE.format(people=people), folder)
    if done.returncode:
        return done.stderr
    is_same = (folder / "dataset.h5").read_bytes() == (folder / "whole.h5").read_bytes()
    leftovers = [str(path) for path in folder.rglob(".*.part")]
    return f"left {leftovers}" if leftovers else "" if is_same else "the dataset is not that of one process"


def submitted(cluster: Cluster, people: int, tasks: int, folder: Path, **settings: str) -> tuple[list[str], str]:
    """Run docs/slurm.sh; returns the numbers of its arrays, and of the job that packs. Raises CalledProcessError."""
    folder.mkdir(parents=True, exist_ok=True)
    programs = folder / "bin"
    programs.mkdir()
    (programs / "painctl").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m painctl "$@"\n')
    (programs / "painctl").chmod(0o755)
    environment = {**cluster.environment, **SMALL, **settings, "PATH": f"{programs}:{os.environ['PATH']}"}
    command = ["bash", str(SCRIPT), str(people), str(tasks), "--cpus-per-task=1"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    *arrays, packing = [line.split()[-1] for line in done.stdout.splitlines()]
    return arrays, packing


def requeue(cluster: Cluster, task: str, folder: Path) -> None:
    """Requeue a task with docs/slurm.sh, once Slurm has cancelled the tasks that depend on it."""
    time.sleep(3)
    cluster.requeue(task, "bash", str(SCRIPT), "requeue", task, folder=folder)


def _disturb(cluster: Cluster, arrays: list[str], count: int, folder: Path) -> None:
    """Kill running tasks of different stages, by SIGKILL and by a plain scancel in turn, and requeue them.

    Meanwhile Slurm cancels the tasks that depend on them; docs/slurm.sh requeues those too.
    """
    generator = random.Random(count)
    for number, job in enumerate(generator.sample(arrays[2:], count)):
        options = () if number % 2 else ("--signal=KILL", "--full")
        while not (task := _killed(cluster, job, generator, *options)):
            pass
        requeue(cluster, task, folder)


def _killed(cluster: Cluster, job: str, generator: random.Random, *options: str) -> str:
    """Kill a running task of a job; returns its name, or "" if it finished first. Raises TimeoutError."""
    end = time.monotonic() + 600
    while not (running := [task for task, (state, _) in cluster.states(job).items() if state == "RUNNING"]):
        if time.monotonic() > end:
            raise TimeoutError(f"no task of job {job} to kill: {cluster.states(job)}")
        time.sleep(0.1)
    index = generator.choice(running)
    time.sleep(generator.uniform(0.5, 2))
    cluster.call("scancel", *options, f"{job}_{index}")
    while (state := cluster.states(job)[index][0]) in ("RUNNING", "COMPLETING", "PENDING"):
        if time.monotonic() > end:
            raise TimeoutError(f"task {job}_{index} does not die: {state}")
        time.sleep(0.2)
    return f"{job}_{index}" if state in ("FAILED", "CANCELLED") else ""
