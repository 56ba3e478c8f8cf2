"""The README's shell lines, typed as printed. Long on purpose (about two minutes): it is the main job, run for real.

Only where the same work is cut in three ways, painctl is forked from a process that has imported it.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import cv2
import h5py
import numpy as np
import pytest

from painctl.aligner.shipped import shipped_aligner
from painctl.images.encode import decode_rgb
from painctl.shard.reader import Shard

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def sh(folder, line, programs=BIN):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SLURM_", "PAINCTL_MODEL"))}
    environment = {**kept, "PATH": f"{programs}:{BIN}:{kept['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", f"set -euo pipefail; {line}"], cwd=folder, env=environment, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def readme(start):
    """The block of the README that begins with these words."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    return next(block for block in blocks if block.startswith(start))


@pytest.fixture(scope="module")
def piped(head, tmp_path_factory):
    folder = tmp_path_factory.mktemp("piped")
    sh(folder, readme("painctl sample-ids"))
    return folder


def test_the_pipe_makes_what_it_says(piped):
    summary = json.loads(sh(piped, "painctl inspect tiny.h5 --json"))
    assert [summary[name] for name in ("identities", "expressions", "frames", "neutral")] == [4, 44, 132, 4]
    assert (piped / "tiny.png").stat().st_size > 100_000


def test_any_hdf5_reader_opens_it_and_its_labels_hold(piped):
    with h5py.File(piped / "tiny.h5") as file:
        units = {
            name: file[f"expressions/{name}"][:].astype(int) for name in ("AU4", "AU6", "AU7", "AU9", "AU10", "AU43")
        }
        pspi = units["AU4"] + np.maximum(units["AU6"], units["AU7"]) + np.maximum(units["AU9"], units["AU10"])
        np.testing.assert_array_equal(file["expressions/PSPI"][:], pspi + units["AU43"])
        offsets = file["frames/image_offsets"][:]
        first = file["frames/image"][offsets[0] : offsets[1]].tobytes()
        assert first[:3] == b"\xff\xd8\xff"
        vertices, face = file["expressions/vertices"][:], file["frames/expression_row"][5]
        camera = file["frames/intrinsics"][5] @ file["frames/extrinsics"][5][:3]
        landmarks = file["frames/landmarks"][5]
        corners = vertices[face][file["topology/faces"][:][file["topology/landmark_faces"][:]]]
        points = np.einsum("kc,kcd->kd", file["topology/landmark_barycentric"][:], corners)
        projected = np.c_[points, np.ones(68)] @ camera.T
        np.testing.assert_allclose(projected[:, :2] / projected[:, 2:], landmarks, atol=0.02)


def test_the_aligner_locates_the_landmarks_of_people_it_was_not_trained_on(piped):
    with Shard(piped / "tiny.h5") as shard:
        read = shard.read
        rows = np.flatnonzero(np.abs(read("frames", "yaw")) < 40)[::3].tolist()
        frames = [decode_rgb(read("frames", "image", row), "frame") for row in rows]
        points, visible, yaw = (read("frames", name)[rows] for name in ("landmarks", "landmarks_visible", "yaw"))
    aligner = shipped_aligner()
    turned, degrees = [], 25
    located = [aligner.locate_in_frame(frame) for frame in frames]
    for frame in frames:
        matrix = cv2.getRotationMatrix2D((len(frame) / 2 - 0.5, 0.6 * len(frame)), degrees, 1.0)
        turned.append(aligner.locate_in_frame(cv2.warpAffine(frame, matrix, frame.shape[:2][::-1])))
    apart = np.linalg.norm(points[:, 36] - points[:, 45], axis=1)
    error = np.linalg.norm([each.points for each in located] - points, axis=2).mean(axis=1) / apart
    assert np.median(error) < 0.06
    assert np.mean([(each.visible > 0.5) == truth for each, truth in zip(located, visible, strict=True)]) > 0.85
    assert np.abs([each.yaw for each in located] - yaw).mean() < 5
    assert np.corrcoef([each.spread.mean() for each in located], error)[0, 1] > 0.2
    tilts = [first.roll - second.roll for first, second in zip(located, turned, strict=True)]
    np.testing.assert_allclose(np.abs(tilts), degrees, atol=4)


@pytest.fixture(scope="module")
def cuts(head, command_server, tmp_path_factory):
    """The same three people, cut into shards of 2 and of 3, and of 1 that two processes share."""
    rest = (
        "painctl render-depth --size 64 -o depth{t} | painctl synth-neutral -o portraits{t} | "
        "painctl texture --engine bake --size 128 -o textures{t} | painctl rig --expressions 2 -o faces{t} | "
        "painctl render-views --views 2 --size 96 -o frames{t}"
    )
    ids = "painctl sample-ids -n 3 --seed 9 --shard-size {k} -o ids{t}"
    folders = {}
    for name, line in {
        "twos": f"{ids.format(k=2, t='')} | {rest.format(t='')} | painctl pack -o out.h5",
        "all": f"{ids.format(k=3, t='')} | {rest.format(t='')} | painctl pack -o out.h5",
        "tasks": "for t in 0 1; do "
        f"{ids.format(k=1, t='$t')} --task $t/2 | {rest.format(t='$t')} > list$t & done; wait; "
        "cat list1 list0 | painctl pack -o out.h5",
    }.items():
        folders[name] = tmp_path_factory.mktemp(name)
        sh(folders[name], line, command_server.programs)
    return folders


def test_however_the_work_is_cut_the_bytes_are_the_same(cuts):
    datasets = {name: (folder / "out.h5").read_bytes() for name, folder in cuts.items()}
    assert datasets["twos"] == datasets["all"] == datasets["tasks"]


def test_each_stage_s_shard_is_kept_and_prints_its_path(cuts):
    assert len(list((cuts["twos"] / "frames").glob("*.h5"))) == 2
    assert (cuts["tasks"] / "list0").read_text().splitlines() == [
        "frames0/s9-00000-00000.h5",
        "frames0/s9-00002-00002.h5",
    ]


def test_the_same_line_resumes_and_makes_nothing_anew(cuts):
    shards = {path: path.stat().st_mtime_ns for path in cuts["twos"].rglob("*.h5")}
    line = "painctl sample-ids -n 3 --seed 9 --shard-size 2 -o ids | painctl render-depth --size 64 -o depth"
    assert sh(cuts["twos"], line).split() == ["depth/s9-00000-00001.h5", "depth/s9-00002-00002.h5"]
    assert {path: path.stat().st_mtime_ns for path in shards} == shards
