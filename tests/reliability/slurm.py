"""Arrays of a true Slurm, among them the whole chain of docs/slurm.sh with tasks that are cancelled and come again."""

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


def chain(here: Cluster, people: int, tasks: int, requeued: int, folder: Path) -> str:
    """Make a dataset by docs/slurm.sh, cancel and requeue so many running tasks, and compare with one process's.

    Returns what is wrong, or nothing.
    """
    try:
        arrays, packing = submitted(here, people, tasks, folder)
    except subprocess.CalledProcessError as error:
        return str(error.stderr)
    _disturb(here, arrays, requeued, folder)
    for job in (*arrays, packing):
        if odd := {task: state for task, state in here.wait(job, 3000).items() if state != ("COMPLETED", "0:0")}:
            return f"job {job}: {odd}: {''.join(log.read_text() for log in (folder / 'logs').iterdir())}"
    done = shell(LINE.format(people=people), folder)
    if done.returncode:
        return done.stderr
    same = (folder / "dataset.h5").read_bytes() == (folder / "whole.h5").read_bytes()
    left = [str(path) for path in folder.rglob(".*.part")]
    return f"left {left}" if left else "" if same else "the dataset is not that of one process"


def submitted(here: Cluster, people: int, tasks: int, folder: Path, **settings: str) -> tuple[list[str], str]:
    """Run docs/slurm.sh; returns the numbers of its arrays, and of the job that packs. Raises CalledProcessError."""
    folder.mkdir(parents=True, exist_ok=True)
    programs = folder / "bin"
    programs.mkdir()
    (programs / "painctl").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m painctl "$@"\n')
    (programs / "painctl").chmod(0o755)
    environment = {**here.environment, **SMALL, **settings, "PATH": f"{programs}:{os.environ['PATH']}"}
    command = ["bash", str(SCRIPT), str(people), str(tasks), "--cpus-per-task=1"]
    said = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    *arrays, packing = [line.split()[-1] for line in said.stdout.splitlines()]
    return arrays, packing


def requeue(here: Cluster, task: str, folder: Path) -> None:
    """By docs/slurm.sh, once Slurm has given up what waits for the task."""
    time.sleep(3)
    here.requeue(task, "bash", str(SCRIPT), "requeue", task, folder=folder)


def _disturb(here: Cluster, arrays: list[str], count: int, folder: Path) -> None:
    """Kill running tasks of different stages, with no warning and by a plain scancel in turn, and requeue them.

    What waits for them is given up by Slurm in the meantime, and comes back by what docs/slurm.sh offers.
    """
    generator = random.Random(count)
    for number, job in enumerate(generator.sample(arrays[2:], count)):
        how = () if number % 2 else ("--signal=KILL", "--full")
        while not (task := _killed(here, job, generator, *how)):
            pass
        requeue(here, task, folder)


def _killed(here: Cluster, job: str, generator: random.Random, *how: str) -> str:
    """A task of a job that was killed while it ran; nothing if it was done before. Raises TimeoutError."""
    end = time.monotonic() + 600
    while not (running := [task for task, (state, _) in here.states(job).items() if state == "RUNNING"]):
        if time.monotonic() > end:
            raise TimeoutError(f"no task of job {job} to kill: {here.states(job)}")
        time.sleep(0.1)
    index = generator.choice(running)
    time.sleep(generator.uniform(0.5, 2))
    here.call("scancel", *how, f"{job}_{index}")
    while (state := here.states(job)[index][0]) in ("RUNNING", "COMPLETING", "PENDING"):
        if time.monotonic() > end:
            raise TimeoutError(f"task {job}_{index} does not die: {state}")
        time.sleep(0.2)
    return f"{job}_{index}" if state in ("FAILED", "CANCELLED") else ""
