"""Copies of the painctl package that come with a model, or without one."""

from pathlib import Path

import pytest

import painctl
from painctl.vitpain.checkpoints import save
from painctl.vitpain.model import build
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.shipping import ship

PACKAGE = Path(painctl.__file__).parent


@pytest.fixture(scope="session")
def bare_package(tmp_path_factory):
    """A folder for PYTHONPATH whose painctl is this one, without a model."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "painctl").mkdir()
    for entry in PACKAGE.iterdir():
        if entry.name not in ("models", "__pycache__"):
            (folder / "painctl" / entry.name).symlink_to(entry)
    return folder


@pytest.fixture(scope="session")
def equipped_package(bare_package, tmp_path_factory):
    """The same with a small model."""
    folder = tmp_path_factory.mktemp("equipped")
    (folder / "painctl").mkdir()
    for entry in (bare_package / "painctl").iterdir():
        (folder / "painctl" / entry.name).symlink_to(entry)
    save(folder / "trained", build("compact"), TrainingSettings(), "the frontal view", ["s1-00001"])
    ship(folder / "trained", folder / "painctl/models/vitpain", "1.0", "MIT")
    return folder
