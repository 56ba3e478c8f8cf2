"""rig: each person's neutral and the faces that drawn or given action units pull."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from painctl.face.head import eye_centres
from painctl.pain.action_units import ACTION_UNITS, pspi
from painctl.pain.heatmap import heatmap
from painctl.pain.sampling import draw_action_units, draw_asymmetry, draw_with_scores
from painctl.records import Topology
from painctl.rig.blendshapes import BlendshapeRig
from painctl.rig.interface import Rig
from painctl.shard.people import Rows
from painctl.shard.reader import Shard
from painctl.shard.tables import read_topology
from painctl.stages.step import Failed, Step, each


def step(
    count: int = 10,
    low: int = 0,
    high: int = 16,
    weights: Sequence[float] | None = None,
    fixed: np.ndarray | None = None,
    scores: Sequence[int] | None = None,
    engine: str = "blendshapes",
    weights_file: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Step:
    """The step for `count` expressions a person of PSPI `low` to `high`, or one for each of the `scores`.

    With `fixed` it is one of those action units [6]. The engine `neural` takes its weights from a file, or those that
    come with painctl, and `say` hears how each head was aligned that is not in the training frame.
    """
    build: Callable[[Topology], Rig] = _blendshapes
    record = {"engine": engine}
    if engine == "neural":
        build, digest = _neural(weights_file, say)
        record["weights"] = digest

    def draw(seed: int, identity: int) -> np.ndarray:
        if fixed is not None:
            return fixed[None]
        if scores is not None:
            return draw_with_scores(seed, identity, scores)
        return draw_action_units(seed, identity, count, low, high, weights)

    def run(shard: Shard, people: Sequence[int]) -> Iterator[list[Rows] | Failed]:
        topology = read_topology(shard)
        rig = build(topology)

        def make(row: int) -> Iterator[Rows]:
            seed, identity = (int(shard.read("identities", name, row)) for name in ("seed", "identity"))
            drawn = draw(seed, identity)
            units = np.concatenate([np.zeros((1, 6), int), drawn])
            asymmetry = np.concatenate([np.zeros((1, 6)), draw_asymmetry(seed, identity, drawn)])
            neutral = shard.read("meshes", "vertices", row)
            vertices = rig.deform(neutral, units, asymmetry)
            left, right = eye_centres(topology, neutral)
            columns = dict(zip(ACTION_UNITS, units.T, strict=True))
            yield (
                "expressions",
                {
                    "identity_row": np.full(len(units), row),
                    "expression": np.arange(len(units)),
                    **columns,
                    "PSPI": pspi(units),
                    "asymmetry": asymmetry,
                    "vertices": vertices,
                    "heatmap": heatmap(neutral, vertices, float(np.linalg.norm(left - right))),
                },
            )

        return each(people, make)

    options: dict[str, Any]
    if fixed is not None:
        options = {"au": dict(zip(ACTION_UNITS, fixed.tolist(), strict=True))}
    elif scores is not None:
        options = {"scores": list(scores)}
    else:
        options = {"expressions": count, "pspi": [low, high], "pspi_weights": weights and list(weights)}
    return Step("rig", ("topology", "meshes"), ("expressions",), {**record, **options}, run)


def _blendshapes(topology: Topology) -> Rig:
    if "eyeBlinkLeft" not in topology.action_names:
        raise ValueError("the head has no ARKit actions for --engine blendshapes; --engine neural needs none")
    return BlendshapeRig(topology)


def _neural(weights_file: Path | None, say: Callable[[str], None]) -> tuple[Callable[[Topology], Rig], str]:
    """What builds the neural rig, and the sha256 of its weights, 16 digits of it."""
    from painctl.rig.neural.rig import NeuralRig
    from painctl.rig.neural.weights import read, shipped

    path = weights_file or shipped()
    weights = read(path)
    return lambda topology: NeuralRig(topology, weights, say), hashlib.sha256(path.read_bytes()).hexdigest()[:16]
