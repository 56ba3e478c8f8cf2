"""Heads from people's own mesh files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from painctl.records import Reporter
from painctl.rig.neural.weights import read, shipped
from painctl.scans.head import MeshHeads, load_meshes


def probe() -> str:
    """Reads the shape model that finds a head's pose."""
    read(shipped())
    return "your own head meshes, under their licence"


def build(reporter: Reporter, meshes: Sequence[Path], with_colours: bool = True) -> MeshHeads:
    """The heads of mesh files. Raises as `load_meshes`."""
    return load_meshes(meshes, with_colours, reporter.say)
