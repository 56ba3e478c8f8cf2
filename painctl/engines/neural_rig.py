"""The neural rig, for heads without blendshapes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from painctl.records import Reporter, Topology
from painctl.rig.neural.rig import NeuralRig
from painctl.rig.neural.weights import read, shipped


def digest_of(weights: Path) -> str:
    """What the history of a shard calls a file of weights: the start of its sha256."""
    return hashlib.sha256(weights.read_bytes()).hexdigest()[:16]


class NeuralRigs:
    """Rigs any head mesh with weights from a file, by default those that come with painctl."""

    def __init__(self, weights: Path, reporter: Reporter) -> None:
        self._weights, self._reporter = read(weights), reporter
        self.record = {"weights": digest_of(weights)}

    def rig(self, topology: Topology) -> NeuralRig:
        return NeuralRig(topology, self._weights, self._reporter.say)


def probe() -> str:
    """Reads the weights that come with painctl."""
    read(shipped())
    return ""


def build(reporter: Reporter, weights: Path | None = None) -> NeuralRigs:
    """Raises OSError or ValueError for weights that cannot be read."""
    return NeuralRigs(weights or shipped(), reporter)
