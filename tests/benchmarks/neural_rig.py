"""Errors and speed of the neural rig: `python tests/benchmarks/neural_rig.py`.

Errors against the open head's blendshapes by action unit and PSPI, for people and triangulations that are not in
the training set, and of two baselines on the same people and meshes; speed with an empty cache. Takes about ten minutes
on two cores; `--people 5` is a quick look. `--picture FILE` draws the expressions of one person instead.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = os.environ.get(name, "2")
sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

import numpy as np
from made_flame_head import write_flame
from made_heads import flame_layout_head, flame_like, open_head, remeshed_head
from rig_baselines import DeformationTransfer, NearestIdentity
from rig_picture import picture

from painctl.face.flame.head import load_flame
from painctl.face.head import load_head
from painctl.pain.sampling import draw_asymmetry, draw_with_scores
from painctl.records import Topology
from painctl.rig.blendshapes import BlendshapeRig
from painctl.rig.neural.activation import activations
from painctl.rig.neural.head_tensors import UNIT
from painctl.rig.neural.prepared_head import PreparedHead
from painctl.rig.neural.rig import NeuralRig
from painctl.rig.neural.source_rig import SourceRig, people
from painctl.rig.neural.training_heads import warped
from painctl.rig.neural.triangulations import Triangulation, subdivided
from painctl.rig.neural.weights import Weights, read, shipped

HELD_OUT = 1000  # seed of the people; the weights are trained with seed 0
SCORES = (4, 8, 12, 16)
EXPRESSIONS_PER_SCORE = 4
ROWS = ("AU4", "AU6", "AU7", "AU9", "AU10", "AU43", *(f"PSPI {score}" for score in SCORES))
_ALL_PEOPLE = ("the open head", "remeshed, 7000 triangles", "FLAME-like topology", "FLAME's file layout")
_FEWER = 5  # people on the other meshes
ROW_OF_EXPRESSION = np.concatenate([np.arange(6), np.repeat(np.arange(6, 10), EXPRESSIONS_PER_SCORE)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--weights", type=Path, default=shipped())
    parser.add_argument("--only", metavar="MESH", help="errors on this mesh only")
    parser.add_argument("--picture", type=Path)
    arguments = parser.parse_args()
    weights, head = read(arguments.weights), load_head()
    if arguments.picture:
        picture(head, weights, next(people(head, 1, HELD_OUT)), arguments.picture)
        return
    source = SourceRig.of(head, weights.about["seed"])
    with TemporaryDirectory() as folder:
        os.environ["PAINCTL_CACHE"] = folder
        flame = load_flame(write_flame(head, Path(folder)))
        if not arguments.only:
            speed(source, weights)
        nearest = NearestIdentity(source, weights.about["people"], weights.about["seed"])
        transfer = DeformationTransfer(source)
        errors(Engines(source, weights, flame.topology, nearest, transfer), arguments.people, arguments.only)


def expressions(person: int) -> tuple[np.ndarray, np.ndarray]:
    """(units, asymmetry) [22, 6]: each unit alone at its highest, then four draws of each PSPI as in `rig`."""
    scores = [score for score in SCORES for _ in range(EXPRESSIONS_PER_SCORE)]
    units = np.concatenate([np.diag([5, 5, 5, 5, 5, 1]), draw_with_scores(HELD_OUT, person, scores)])
    asymmetry = draw_asymmetry(HELD_OUT, person, units)
    asymmetry[:6] = 0
    return units, asymmetry


def meshes(source: SourceRig, flame: Topology) -> dict[str, tuple[Triangulation, float]]:
    """Triangulations by name, each with the size of the random warp of its heads in metres."""
    head, base = source.head, open_head(source.head)
    return {
        "the open head": (base, 0.0),
        "remeshed, 7000 triangles": (remeshed_head(head, 7000), 0.0),
        "remeshed, 2500 triangles": (remeshed_head(head, 2500, 96), 0.0),
        "FLAME-like topology": (flame_like(head), 0.0),
        "FLAME's file layout": (flame_layout_head(head, flame.faces), 0.0),
        "subdivided, 40440 triangles": (subdivided(base), 0.0),
        "the open head, warped by 2 mm": (base, 0.002),
    }


def errors(engines: Engines, count: int, only: str | None) -> None:
    for name, (triangulation, warp) in meshes(engines.source, engines.flame).items():
        if only not in (None, name):
            continue
        rest = count if name in _ALL_PEOPLE else min(count, _FEWER)
        table: dict[str, list[np.ndarray]] = {}
        for person, neutral in enumerate(people(engines.source.head, rest, HELD_OUT)):
            shape = warped(neutral, warp, HELD_OUT, person) if warp else neutral
            for engine, moved, truth in engines.results(triangulation, shape, person):
                table.setdefault(engine, []).append(measured(moved, truth))
        print(f"\n{name}, {rest} people")
        print("mean error mm / 95th percentile mm / share of the mean displacement")
        print(f"{'':>10} {'moves mm':>9} " + " ".join(f"{engine:>24}" for engine in table))
        for row, label in enumerate(ROWS):
            cells = {
                engine: np.concatenate([values[:, row == ROW_OF_EXPRESSION] for values in measurements], 1)
                for engine, measurements in table.items()
            }
            first = next(iter(cells.values()))
            line = " ".join(
                f"{e.mean():8.3f} /{q.mean():6.2f} /{100 * e.sum() / d.sum():5.1f} %" for e, q, d in cells.values()
            )
            print(f"{label:>10} {first[2].mean():9.2f} {line}", flush=True)


@dataclass(frozen=True, eq=False)
class Engines:
    """The engines to compare."""

    source: SourceRig
    weights: Weights
    flame: Topology
    nearest: NearestIdentity
    transfer: DeformationTransfer

    def results(
        self, triangulation: Triangulation, shape: np.ndarray, person: int
    ) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        """(engine, displacements, true ones) [22, K, 3] metres, of the K vertices that some unit moves."""
        source, flame = self.source, self.flame
        units, asymmetry = expressions(person)
        points = triangulation(shape.astype(np.float64))
        truth = np.stack([triangulation(field) for field in source.displacements(shape, units, asymmetry)])
        moves = np.zeros((len(shape), 1))
        moves[source.skin] = source.template.moves[:, None]
        counted = triangulation(moves)[:, 0] > 0
        topology = {"plain": source.head.topology, "FLAME's file layout": flame}.get(triangulation.name)
        if topology is flame:  # its sockets are synthetic: there is no ground truth for them
            counted &= triangulation.mixture.max(1).toarray()[:, 0] == 1

        head = PreparedHead.of(points, triangulation.faces, self.weights)
        yield "neural", head.displacements(activations(units, asymmetry))[:, counted], truth[:, counted]
        if topology:
            rig = NeuralRig(topology, self.weights)
            settled = rig.deform_prepared(head, points.astype(np.float32), units, asymmetry)
            yield "neural, lids settled", (settled - points)[:, counted], truth[:, counted]
        if topology is flame:
            transferred = BlendshapeRig(flame).deform(points, units, asymmetry)
            yield "--engine blendshapes", (transferred - points)[:, counted], truth[:, counted]

        mesh = head.fit.mesh
        rows = np.isin(mesh.rows, np.flatnonzero(counted))
        true = truth[:, mesh.rows[rows]]
        yield "nearest identity", self.nearest.displacements(mesh, units, asymmetry)[:, rows] / UNIT, true
        yield "deformation transfer", self.transfer.displacements(head, units, asymmetry)[:, rows] / UNIT, true


def measured(moved: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Mean error, its 95th percentile and mean displacement in mm, for each expression: [3, 22]."""
    error, size = (1000 * np.linalg.norm(vectors, axis=2) for vectors in (moved - truth, truth))
    return np.stack([error.mean(1), np.percentile(error, 95, axis=1), size.mean(1)])


def speed(source: SourceRig, weights: Weights) -> None:
    """Seconds for a new identity, and milliseconds for an expression, at about 9,700 triangles."""
    triangulation = remeshed_head(source.head, 9700, 97)
    identities, each_expression = [], []
    for person, neutral in enumerate(people(source.head, 5, HELD_OUT)):
        points, (units, asymmetry) = triangulation(neutral.astype(np.float64)), expressions(person)
        seconds, head = timed(lambda points=points: PreparedHead.of(points, triangulation.faces, weights))
        identities.append(seconds)
        for unit, lopsided in zip(units, asymmetry, strict=True):
            controls = activations(unit[None], lopsided[None])
            each_expression.append(timed(lambda controls=controls, head=head: head.displacements(controls))[0])
    print(f"\nnew identity, {len(triangulation.faces)} triangles  {np.median(identities):8.2f} s")
    print(f"an expression                     {1000 * np.median(each_expression):8.1f} ms")


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


if __name__ == "__main__":
    main()
