"""Fixtures shared by all rooms: the real head models, and toy people with every column but few vertices and pixels."""

import os
import shutil
import signal
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # tests run in parallel; extra threads would only spin

import painctl.cli  # isort: skip  # before numpy, whose kernels it chooses, also in child processes
import cv2
import made_steps
import numpy as np
import pytest

from painctl.dataset.person import Person
from painctl.face.head import load_head
from painctl.images.encode import decode
from painctl.pain.action_units import ACTION_UNITS
from painctl.records import Topology
from painctl.shard.people import PeopleAppender
from painctl.shard.reader import Shard
from painctl.shard.tables import topology_columns
from painctl.shard.writer import ShardWriter

pytest_plugins = ["made_hunyuan", "made_kandinsky", "made_packages", "made_unbc", "typed"]

VERTICES, COEFFICIENTS, VIEWS, PIXELS = 6, 5, (0, 1, 2), 24
GROUPS = [
    (age, gender, ethnicity)
    for age in ("young", "elderly")
    for gender in ("man", "woman")
    for ethnicity in ("Latino", "White", "Black")
]
HISTORY = [
    {"stage": "sample-ids", "version": "0", "number": 4, "seed": 7, "demographics": {"gender": {"man": 1, "woman": 1}}},
    {"stage": "rig", "version": "0", "engine": "blendshapes", "expressions": 3, "pspi": [0, 16]},
    {"stage": "render-views", "version": "0", "size": PIXELS, "yaw": [0, -30, 30]},
]


def encode(kind, rng, channels=3):
    image = rng.integers(0, 255, (PIXELS, PIXELS, channels), dtype=np.uint8)
    return cv2.imencode(kind, image)[1].tobytes()


def cameras(count):
    intrinsics = np.array([[2 * PIXELS, 0, PIXELS / 2], [0, 2 * PIXELS, PIXELS / 2], [0, 0, 1]])
    extrinsics = np.diag([1.0, -1.0, -1.0, 1.0])
    extrinsics[2, 3] = 1.3
    return {"intrinsics": np.tile(intrinsics, (count, 1, 1)), "extrinsics": np.tile(extrinsics, (count, 1, 1))}


@pytest.fixture(autouse=True)
def _signal_handlers():
    """Restore the signal handlers: a command run in this process leaves signals ignored, and children inherit that."""
    before = {number: signal.getsignal(number) for number in painctl.cli.SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session", name="head")
def open_head():
    """The real open head."""
    return load_head()


@pytest.fixture(scope="session")
def flame_cache(tmp_path_factory):
    """An empty cache folder, for what is made from a FLAME model."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def flame_file(head, tmp_path_factory):
    """A model file in FLAME's layout, with its template beside it."""
    from made_flame_head import write_flame

    return write_flame(head, tmp_path_factory.mktemp("flame"))


@pytest.fixture(scope="session")
def flame(flame_file, flame_cache):
    """The head of that file, its topology made from scratch."""
    from painctl.face.flame.head import load_flame

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAINCTL_CACHE", str(flame_cache))
        return load_flame(flame_file)


@pytest.fixture(scope="session")
def portraits(head, tmp_path_factory):
    """A shard of rendered frames: two people, neutral and at PSPI 12, at yaw 0, -30 and 30, of 192 pixels."""
    folder = tmp_path_factory.mktemp("portraits")
    path = folder / "ids.h5"
    made_steps.write_ids(2, 1, path)
    views = made_steps.views(yaws=(0.0, -30.0, 30.0), jitter=0.0, size=192)
    return made_steps.chain(path, made_steps.textures(256), made_steps.rig(scores=(12,)), views)


@pytest.fixture(scope="session")
def portrait(portraits):
    """The neutral frontal frame of the first person: RGB uint8 [192, 192, 3]."""
    with Shard(portraits) as shard:
        return decode(shard.read("frames", "image", 0))


@pytest.fixture
def make_person():
    """Make a toy Person; see `toy_person`."""
    return toy_person


@pytest.fixture
def write_shard(tmp_path):
    """Write a shard of this name into the test's folder; see `write_toy_shard`."""
    return lambda name, people, **options: write_toy_shard(tmp_path / name, people, **options)


@pytest.fixture(scope="session")
def packed(tmp_path_factory):
    """A packed dataset of eight toy people, whose pictures are noise; not to be changed."""
    from made_steps import pack_options

    from painctl.dataset.gather import plan_dataset
    from painctl.stages.pack import write

    folder = tmp_path_factory.mktemp("packed")
    write_toy_shard(folder / "people.h5", range(8))
    write(plan_dataset([folder / "people.h5"], pack_options(ratios=(50, 25, 25))), folder / "dataset.h5", "h5")
    return folder / "dataset.h5"


@pytest.fixture
def dataset_file(packed, tmp_path_factory):
    """A copy of the packed dataset, alone in a folder."""
    return Path(shutil.copy(packed, tmp_path_factory.mktemp("dataset")))


def toy_person(identity, seed=7, pain=3, picture=".jpg"):
    """A toy Person of an index and a seed: the neutral and `pain` expressions, three views each."""
    rng = np.random.default_rng([seed, identity])
    age_group, gender, ethnicity = GROUPS[identity % len(GROUPS)]
    faces, views = pain + 1, len(VIEWS)
    frames = faces * views
    units = np.concatenate([np.zeros((1, 6), int), rng.integers(0, [6, 6, 6, 6, 6, 2], (pain, 6))])
    scores = units[:, 0] + units[:, 1:3].max(1) + units[:, 3:5].max(1) + units[:, 5]
    heat = rng.random((faces, VERTICES), np.float32)
    heat[0] = 0
    person = {
        "name": [f"s{seed}-{identity:05d}"],
        "seed": np.array([seed], np.uint64),
        "identity": np.array([identity]),
        "age_group": [age_group],
        "age": rng.random(1, np.float32),
        "gender": [gender],
        "ethnicity": [ethnicity],
        "prompt": [f"A {age_group} {ethnicity} {gender} with a neutral expression"],
        "coefficients": rng.random((1, COEFFICIENTS), np.float32),
        "melanin": rng.random(1, np.float32),
        "haemoglobin": rng.random(1, np.float32),
        "iris": rng.random((1, 3), np.float32),
        "hair": rng.random((1, 3), np.float32),
        "haircut": ["crop"],
        "hair_length": rng.random(1, np.float32) / 2,
        "hair_curl": rng.random(1, np.float32),
        "garment": ["crew neck"],
        "cloth": rng.random((1, 3), np.float32),
    }
    expressions = {
        "identity_row": np.zeros(faces, np.int64),
        "expression": np.arange(faces),
        **dict(zip(ACTION_UNITS, units.T.astype(np.uint8), strict=True)),
        "PSPI": scores.astype(np.uint8),
        "asymmetry": rng.random((faces, 6), np.float32),
        "vertices": 0.03 * rng.random((faces, VERTICES, 3), np.float32),
        "heatmap": heat,
    }
    frame_columns = {
        "identity_row": np.zeros(frames, np.int64),
        "expression_row": np.repeat(np.arange(faces), views),
        "view": np.tile(VIEWS, faces),
        "yaw": rng.random(frames, np.float32),
        "pitch": rng.random(frames, np.float32),
        "image": [encode(picture, rng) for _ in range(frames)],
        "mask": [encode(".png", rng, 1) for _ in range(frames)],
        "heatmap": [encode(".png", rng) for _ in range(frames)],
        "landmarks": rng.random((frames, 68, 2), np.float32),
        "landmarks_visible": rng.random((frames, 68)) > 0.5,
        "light": rng.random((frames, 4), np.float32),
        "background": rng.random((frames, 2), np.float32),
        "lens": rng.random((frames, 2), np.float32),
        **cameras(frames),
    }
    return Person({"identities": person, "expressions": expressions, "frames": frame_columns})


def write_toy_shard(path, people, history=None, without=(), topology=None):
    """Write a shard of toy people, given as Person or index; `without` omits tables, `topology` replaces its columns.

    `history` changes options of steps: {"rig": {"pspi": [4, 8]}}.
    """
    steps = [{**step, **(history or {}).get(step["stage"], {})} for step in HISTORY]
    with ShardWriter(path, {"stage": steps[-1]["stage"], "history": steps}) as out:
        out.append("topology", {**toy_topology(), **(topology or {})})
        appender = PeopleAppender(out)
        for person in people:
            person = person if isinstance(person, Person) else toy_person(person)
            rows = [(table, columns) for table, columns in person.tables.items() if table not in without]
            appender.append(rows, expressions=0 if "expressions" in without else len(person.units))
            if "meshes" not in without:
                out.append("meshes", {"vertices": person.expressions["vertices"][:1]})
            if "portraits" not in without:
                picture = person.frames["mask"][:1]
                out.append("portraits", {"image": picture, "mask": picture, **cameras(1)})
    return path


def toy_topology():
    """The columns of a topology of two triangles."""
    faces = np.array([[0, 1, 2], [3, 4, 5]])
    topology = Topology(
        faces=faces,
        uvs=np.array([[0, 0], [0, 1], [1, 0]] * 2),
        uv_faces=faces,
        region_names=("skin",),
        regions=np.ones((1, VERTICES)),
        landmark_faces=np.zeros(68),
        landmark_barycentric=np.full((68, 3), 1 / 3),
        action_names=("browDownLeft",),
        actions=np.zeros((1, VERTICES, 3)),
        coefficient_names=tuple(f"shape{number}" for number in range(COEFFICIENTS)),
    )
    return topology_columns(topology)
