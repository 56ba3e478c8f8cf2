"""Environments with some of the installed packages: what pip would install for a few extras of painctl, and no more.

Each is a folder of links, for PYTHONPATH under `python -S`, which ignores the packages of the interpreter itself.
"""

import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import tomllib
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def normalised(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(*extras):
    """The requirements of painctl with these extras, those of its own extras expanded."""
    requirements = list(map(Requirement, PROJECT["dependencies"]))
    for extra in extras:
        for requirement in map(Requirement, PROJECT["optional-dependencies"][extra]):
            requirements += declared(*requirement.extras) if requirement.name == "painctl" else [requirement]
    return requirements


@dataclass(frozen=True)
class Environment:
    """A Python that has painctl, as it is in this checkout, and some of the installed packages."""

    packages: Path

    def run(self, *arguments, folder):
        """Run the painctl command with these arguments, in a folder."""
        return subprocess.run(
            [sys.executable, "-S", "-s", "-m", "painctl", *map(str, arguments)],
            cwd=folder,
            env={"PYTHONPATH": f"{ROOT}:{self.packages}", "OMP_NUM_THREADS": "1", "HOME": str(folder), "PATH": ""},
            capture_output=True,
            text=True,
        )


def make_environment(folder, *extras):
    """The environment of an installation of painctl with these extras."""
    pending, names = declared(*extras), set()
    while pending:
        requirement = pending.pop()
        name = normalised(requirement.name)
        if name in names:
            continue
        names.add(name)
        package = distribution(name)
        for entry in {file.parts[0] for file in package.files} - {"..", "__pycache__"}:
            target = Path(package.locate_file(entry))
            if not (folder / entry).exists():
                (folder / entry).symlink_to(target)
        for needed in map(Requirement, package.requires or ()):
            marker = needed.marker
            if not marker or any(marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)):
                pending.append(needed)
    return Environment(folder)
