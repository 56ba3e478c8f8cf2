"""rig: each person's neutral and the faces that drawn or given action units pull."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from painctl.face.head import eye_centres
from painctl.pain.action_units import pspi
from painctl.pain.heatmap import heatmap
from painctl.pain.sampling import draw_action_units, draw_asymmetry
from painctl.rig.blendshapes import BlendshapeRig
from painctl.shard.reader import Shard
from painctl.shard.schema import ACTION_UNITS
from painctl.shard.tables import read_topology
from painctl.shard.writer import ShardWriter
from painctl.stages.flow import Step


def step(
    count: int = 10,
    low: int = 0,
    high: int = 16,
    weights: Sequence[float] | None = None,
    fixed: np.ndarray | None = None,
) -> Step:
    """The step for `count` expressions a person of PSPI `low` to `high`, or one of the `fixed` action units [6]."""

    def run(shard: Shard, out: ShardWriter) -> Iterator[None]:
        topology = read_topology(shard)
        rig = BlendshapeRig(topology)
        for row in range(shard.rows("identities")):
            seed, identity = (int(shard.read("identities", name, row)) for name in ("seed", "identity"))
            drawn = draw_action_units(seed, identity, count, low, high, weights) if fixed is None else fixed[None]
            units = np.concatenate([np.zeros((1, 6), int), drawn])
            asymmetry = np.concatenate([np.zeros((1, 6)), draw_asymmetry(seed, identity, drawn)])
            neutral = shard.read("meshes", "vertices", row)
            vertices = rig.deform(neutral, units, asymmetry)
            left, right = eye_centres(topology, neutral)
            columns = dict(zip(ACTION_UNITS, units.T, strict=True))
            out.append(
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
            yield

    if fixed is None:
        options = {"expressions": count, "pspi": [low, high], "pspi_weights": weights and list(weights)}
    else:
        options = {"au": dict(zip(ACTION_UNITS, fixed.tolist(), strict=True))}
    return Step("rig", ("topology", "meshes"), ("expressions",), {"engine": "blendshapes", **options}, run)
