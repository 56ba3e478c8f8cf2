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

ROOT = Path(__file__).parents[2]
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
    folder.mkdir(parents=True, exist_ok=True)
    programs = folder / "bin"
    programs.mkdir()
    (programs / "painctl").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m painctl "$@"\n')
    (programs / "painctl").chmod(0o755)
    environment = {**here.environment, **SMALL, "PATH": f"{programs}:{os.environ['PATH']}"}
    command = ["bash", str(ROOT / "docs/slurm.sh"), str(people), str(tasks), "--cpus-per-task=1"]
    said = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if said.returncode:
        return said.stderr
    *stages, packing = said.stdout.split("\n")[:-1]
    arrays = [line.split()[-1] for line in stages]
    _disturb(here, arrays, requeued)
    for job in (*arrays, packing):
        if odd := {task: state for task, state in here.wait(job, 3000).items() if state != ("COMPLETED", "0:0")}:
            return f"job {job}: {odd}: {''.join(log.read_text() for log in (folder / 'logs').iterdir())}"
    done = shell(LINE.format(people=people), folder)
    if done.returncode:
        return done.stderr
    same = (folder / "dataset.h5").read_bytes() == (folder / "whole.h5").read_bytes()
    left = [str(path) for path in folder.rglob(".*.part")]
    return f"left {left}" if left else "" if same else "the dataset is not that of one process"


def _disturb(here: Cluster, arrays: list[str], count: int) -> None:
    """Kill a running task of different stages, with no warning, and put it into the queue again."""
    generator = random.Random(count)
    for job in generator.sample(arrays[2:], count):
        while not (running := [task for task, (state, _) in here.states(job).items() if state == "RUNNING"]):
            time.sleep(0.1)
        time.sleep(generator.uniform(1, 5))
        task = f"{job}_{generator.choice(running)}"
        here.call("scancel", "--signal=KILL", "--full", task)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            state = here.states(job).get(task.rpartition("_")[2], ("", ""))[0]
            if state not in ("RUNNING", "COMPLETING", "PENDING"):
                break
            time.sleep(0.2)
        here.requeue(task)
