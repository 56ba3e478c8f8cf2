"""The neural rig's evidence: `python tests/benchmarks/neural_rig.py`.

On people it was not trained on, errors against the open head's blendshapes by action unit and PSPI, on the open head
and on triangulations that were not trained on, beside two baselines on the same people and meshes; and its speed, with
nothing in the cache. Takes some ten minutes on two cores; `--people 5` is a glance. `--picture FILE` draws the faces
of one person instead.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = os.environ.get(name, "2")
sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

import numpy as np
from made_flame_head import write_flame
from made_heads import flame_file, flame_like, open_head, other
from rig_baselines import DeformationTransfer, NearestIdentity
from rig_picture import picture

from painctl.face.flame.head import load_flame
from painctl.face.head import load_head
from painctl.files import cache
from painctl.pain.sampling import draw_asymmetry, draw_with_scores
from painctl.records import Topology
from painctl.rig.blendshapes import BlendshapeRig
from painctl.rig.neural.activation import activations
from painctl.rig.neural.head_tensors import UNIT
from painctl.rig.neural.prepared_head import PreparedHead
from painctl.rig.neural.rig import NeuralRig
from painctl.rig.neural.training_heads import Teacher, people, warped
from painctl.rig.neural.triangulations import Triangulation, subdivided
from painctl.rig.neural.weights import Weights, read, shipped

HELD_OUT = 1000  # the seed of the people; the weights are of seed 0
SCORES = (4, 8, 12, 16)
EACH = 4  # expressions of a PSPI
ROWS = ("AU4", "AU6", "AU7", "AU9", "AU10", "AU43", *(f"PSPI {score}" for score in SCORES))
_WHOLE, _FEWER = (
    ("the open head", "remeshed, 7000 triangles", "FLAME-like topology", "FLAME's file layout"),
    5,
)  # people on other meshes
OF_ROW = np.concatenate([np.arange(6), np.repeat(np.arange(6, 10), EACH)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--weights", type=Path, default=shipped())
    parser.add_argument("--only", metavar="MESH", help="errors on one of the meshes")
    parser.add_argument("--picture", type=Path)
    asked = parser.parse_args()
    weights, head = read(asked.weights), load_head()
    if asked.picture:
        picture(head, weights, next(people(head, 1, HELD_OUT)), asked.picture)
        return
    teacher = Teacher.of(head, weights.about["seed"])
    with TemporaryDirectory() as folder:
        for kept in cache.folder().glob(f"{head.name.partition('/')[0]}*"):
            Path(folder, kept.name).symlink_to(kept)
        os.environ["PAINCTL_CACHE"] = folder
        flame = load_flame(write_flame(head, Path(folder)))
        if not asked.only:
            speed(teacher, weights)
        errors(teacher, weights, flame.topology, asked.people, asked.only)


def expressions(person: int) -> tuple[np.ndarray, np.ndarray]:
    """Each unit alone at its most, then four faces of each PSPI as `rig` draws them: units, asymmetry [22, 6]."""
    scores = [score for score in SCORES for _ in range(EACH)]
    units = np.concatenate([np.diag([5, 5, 5, 5, 5, 1]), draw_with_scores(HELD_OUT, person, scores)])
    asymmetry = draw_asymmetry(HELD_OUT, person, units)
    asymmetry[:6] = 0
    return units, asymmetry


def meshes(teacher: Teacher, flame: Topology) -> dict[str, tuple[Triangulation, float]]:
    """Triangulations by name, with the warp in metres of the heads on them."""
    head, base = teacher.head, open_head(teacher.head)
    return {
        "the open head": (base, 0.0),
        "remeshed, 7000 triangles": (other(head, 7000), 0.0),
        "remeshed, 2500 triangles": (other(head, 2500, 96), 0.0),
        "FLAME-like topology": (flame_like(head), 0.0),
        "FLAME's file layout": (flame_file(head, flame.faces), 0.0),
        "subdivided, 40440 triangles": (subdivided(base), 0.0),
        "the open head, warped by 2 mm": (base, 0.002),
    }


def errors(teacher: Teacher, weights: Weights, flame: Topology, count: int, only: str | None) -> None:
    nearest = NearestIdentity(teacher, weights.about["people"], weights.about["seed"])
    transfer = DeformationTransfer(teacher)
    rigs = weights, nearest, transfer, flame
    for name, (triangulation, warp) in meshes(teacher, flame).items():
        if only not in (None, name):
            continue
        rest = count if name in _WHOLE else min(count, _FEWER)
        table: dict[str, list[np.ndarray]] = {}
        for person, neutral in enumerate(people(teacher.head, rest, HELD_OUT)):
            shape = warped(neutral, warp, HELD_OUT, person) if warp else neutral
            for engine, moved, truth in engines(teacher, triangulation, shape, person, *rigs):
                table.setdefault(engine, []).append(measured(moved, truth))
        print(f"\n{name}, {rest} people")
        print("mean error mm / 95th percentile mm / share of the mean displacement")
        print(f"{'':>10} {'moves mm':>9} " + " ".join(f"{engine:>24}" for engine in table))
        for row, label in enumerate(ROWS):
            cells = {engine: np.concatenate([each[:, row == OF_ROW] for each in of], 1) for engine, of in table.items()}
            first = next(iter(cells.values()))
            line = " ".join(
                f"{e.mean():8.3f} /{q.mean():6.2f} /{100 * e.sum() / d.sum():5.1f} %" for e, q, d in cells.values()
            )
            print(f"{label:>10} {first[2].mean():9.2f} {line}", flush=True)


def engines(
    teacher, triangulation, shape, person, weights, nearest, transfer, flame
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """(engine, displacements, true ones) [22, K, 3] metres, of the K vertices that some unit moves."""
    units, asymmetry = expressions(person)
    points = triangulation(shape.astype(np.float64))
    truth = np.stack([triangulation(each) for each in teacher.displacements(shape, units, asymmetry)])
    face = np.zeros((len(shape), 1))
    face[teacher.skin] = teacher.template.moves[:, None]
    seen = triangulation(face)[:, 0] > 0
    topology = {"plain": teacher.head.topology, "FLAME's file layout": flame}.get(triangulation.name)
    if topology is flame:  # its sockets are ours, and nobody knows how they move
        seen &= triangulation.mixture.max(1).toarray()[:, 0] == 1
    puppet = PreparedHead.of(points, triangulation.faces, weights)
    yield "neural", puppet.pull(activations(units, asymmetry))[:, seen], truth[:, seen]
    if topology:
        rig = NeuralRig(topology, weights)
        settled = rig.pulled(puppet, points.astype(np.float32), units, asymmetry)
        yield "neural, lids settled", (settled - points)[:, seen], truth[:, seen]
    if topology is flame:
        lent = BlendshapeRig(flame).deform(points, units, asymmetry)
        yield "--engine blendshapes", (lent - points)[:, seen], truth[:, seen]
    surface = puppet.sitting.surface
    known = np.isin(surface.rows, np.flatnonzero(seen))
    true = truth[:, surface.rows[known]]
    yield "nearest identity", nearest.displacements(surface, units, asymmetry)[:, known] / UNIT, true
    yield "deformation transfer", transfer.displacements(puppet, units, asymmetry)[:, known] / UNIT, true


def measured(moved: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Of each face, mean error, its 95th percentile and mean displacement in mm: [3, 22]."""
    error, whole = (1000 * np.linalg.norm(each, axis=2) for each in (moved - truth, truth))
    return np.stack([error.mean(1), np.percentile(error, 95, axis=1), whole.mean(1)])


def speed(teacher: Teacher, weights: Weights) -> None:
    """Seconds for a new identity, and milliseconds an expression, at some 9,700 triangles."""
    triangulation = other(teacher.head, 9700, 97)
    new, more = [], []
    for person, neutral in enumerate(people(teacher.head, 5, HELD_OUT)):
        points, (units, asymmetry) = triangulation(neutral.astype(np.float64)), expressions(person)
        seconds, puppet = timed(lambda points=points: PreparedHead.of(points, triangulation.faces, weights))
        new.append(seconds)
        for unit, lopsided in zip(units, asymmetry, strict=True):
            asked = activations(unit[None], lopsided[None])
            more.append(timed(lambda asked=asked, puppet=puppet: puppet.pull(asked))[0])
    print(f"\nnew identity, {len(triangulation.faces)} triangles  {np.median(new):8.2f} s")
    print(f"an expression                     {1000 * np.median(more):8.1f} ms")


def timed(call: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


if __name__ == "__main__":
    main()
