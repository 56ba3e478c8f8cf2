"""A real Slurm cluster of this one machine, for the length of a `with` block: sbatch, arrays, requeues, signals."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PROGRAMS = ("slurmctld", "slurmd", "munged", "sbatch", "scancel", "scontrol", "squeue")
_CONFIG = """
ClusterName=painctl
SlurmctldHost={host}
SlurmUser=root
SlurmctldPort={port}
SlurmdPort={other}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
KillWait=5
MinJobAge=3600
SchedulerParameters=sched_interval=1,batch_sched_delay=0
ReturnToService=2
NodeName={host} CPUs={cpus} Boards=1 SocketsPerBoard=1 CoresPerSocket={cpus} ThreadsPerCore=1 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


class Cluster:
    """Submits shell lines as jobs, in which `painctl` is that of this Python."""

    def __init__(self, folder: Path) -> None:
        self.environment = {**os.environ, "SLURM_CONF": str(folder / "slurm.conf"), "OMP_NUM_THREADS": "1"}

    def call(self, *command: str, folder: Path | None = None) -> str:
        """The output of a Slurm command. Raises CalledProcessError."""
        done = subprocess.run(command, env=self.environment, cwd=folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def submit(self, line: str, folder: Path, *options: str) -> str:
        """Start a job in a folder; returns its number. Its output goes to log.JOB_TASK there."""
        script = folder / f"job-{abs(hash((line, options)))}.sh"
        painctl = f'painctl() {{ "{sys.executable}" -m painctl "$@"; }}'
        script.write_text(f"#!/bin/bash\n{painctl}\n{line}\n")
        log = f"--output={folder}/log.%A_%a"
        return self.call("sbatch", "--parsable", "--requeue", "-c1", log, f"--chdir={folder}", *options, str(script))

    def states(self, job: str) -> dict[str, tuple[str, str]]:
        """State and exit code (code:signal) of each task of a job, by index; of a job without tasks, under ''."""
        states = {}
        for line in self.call("scontrol", "-o", "show", "job", job).splitlines():
            fields = dict(word.split("=", 1) for word in line.split() if "=" in word)
            states[fields.get("ArrayTaskId", "")] = (fields["JobState"], fields["ExitCode"])
        return states

    def requeue(self, task: str, *by: str, folder: Path | None = None) -> None:
        """Requeue a task that has ended, to start in two seconds instead of Slurm's two minutes.

        `by` is the command that requeues it. A node rejects a task in the second in which its previous run ended.
        """
        self.call(*(by or ("scontrol", "requeue", task)), folder=folder)
        self.call("scontrol", "update", f"JobId={task}", "StartTime=now+2")

    def wait(self, job: str, seconds: float = 300) -> dict[str, tuple[str, str]]:
        """The states once no task of the job is waiting or running. Raises TimeoutError."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            states = self.states(job)
            if not any(state in ("PENDING", "RUNNING", "COMPLETING", "CONFIGURING") for state, _ in states.values()):
                return states
            time.sleep(0.3)
        raise TimeoutError(f"job {job}: {self.states(job)}")


def missing() -> str:
    """Why a cluster cannot be started on this machine; empty if it can."""
    if os.geteuid() != 0:
        return "only root may start Slurm"
    absent = [name for name in PROGRAMS if not shutil.which(name)]
    return f"no {', '.join(absent)}: apt-get install slurm-wlm munge" if absent else ""


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """Start munged, slurmctld and slurmd, and stop them when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="painctl-slurm-", dir="/tmp"))
    folder.chmod(0o755)
    ports = [_free_port() for _ in range(2)]
    host = socket.gethostname().partition(".")[0]
    settings = {"host": host, "port": ports[0], "other": ports[1], "folder": folder, "cpus": os.cpu_count()}
    (folder / "slurm.conf").write_text(_CONFIG.format(**settings))
    for name in ("state", "spool", "munge"):
        (folder / name).mkdir(mode=0o755)
    key = folder / "munge" / "key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    slurm = Cluster(folder)
    munge = [
        "munged",
        "--foreground",
        "--force",
        f"--key-file={key}",
        f"--socket={folder}/munge.socket",
        f"--pid-file={folder}/munge/pid",
        f"--log-file={folder}/munge/log",
        f"--seed-file={folder}/munge/seed",
    ]
    started: list[subprocess.Popen[bytes]] = []
    try:
        for command in (munge, ["slurmctld", "-D"], ["slurmd", "-D", "-N", host]):
            started.append(subprocess.Popen(command, env=slurm.environment, **streams))  # type: ignore[call-overload]
            time.sleep(0.5)
        _await_idle(slurm, folder)
        yield slurm
    finally:
        for process in reversed(started):
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _await_idle(slurm: Cluster, folder: Path) -> None:
    for _ in range(100):
        with contextlib.suppress(subprocess.CalledProcessError):
            if slurm.call("sinfo", "-h", "-o", "%t").startswith(("idle", "mix")):
                return
        time.sleep(0.3)
    logs = "\n".join((folder / name).read_text()[-1500:] for name in ("slurmctld.log", "slurmd.log"))
    raise TimeoutError(f"Slurm did not come up:\n{logs}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])
