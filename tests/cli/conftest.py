import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import made_steps
import pytest

from painctl.stages.step import transform

BIN = Path(sys.executable).parent


@pytest.fixture(scope="session")
def chain(head, tmp_path_factory):
    """Small shards of one person, one per stage: ids, depth, portraits, textures, faces, frames."""
    folder = tmp_path_factory.mktemp("chain")
    ids = folder / "ids.h5"
    made_steps.write_ids(1, 3, ids)
    steps = {
        "depth": made_steps.depth(),
        "portraits": made_steps.portraits(),
        "textures": made_steps.textures(),
        "faces": made_steps.rig(count=2),
        "frames": made_steps.views(size=64),
    }
    source = ids
    for name, step in steps.items():
        transform(step, source, folder / f"{name}.h5")
        source = folder / f"{name}.h5"
    return folder


@pytest.fixture
def sh(command_server, tmp_path):
    """Run a shell line in an empty folder; each painctl is forked from a process that has imported it."""
    return _shell(command_server.programs, tmp_path)


@pytest.fixture
def fresh_sh(tmp_path):
    """Run a shell line in an empty folder; each painctl is an interpreter of its own, which signals reach."""
    return _shell(BIN, tmp_path)


def _shell(programs, folder):
    def sh(line, **options):
        unset = ("SLURM_", "PAINCTL_MODEL", "PAINCTL_FLAME", "PYTHONUNBUFFERED")  # the last hides what a buffer does
        kept = {name: value for name, value in os.environ.items() if not name.startswith(unset)}
        environment = {**kept, "PATH": f"{programs}:{BIN}:{kept['PATH']}", **options.pop("env", {})}
        return subprocess.run(
            ["bash", "-c", f"set -o pipefail; {line}"], cwd=folder, env=environment, capture_output=True, **options
        )

    return sh


@pytest.fixture
def painctl(command_server, tmp_path):
    """Run painctl with these arguments in an empty folder; returns its output as text."""

    def run(*words):
        done = command_server.run(words, tmp_path)
        return replace(done, stdout=done.stdout.decode(), stderr=done.stderr.decode())

    return run
