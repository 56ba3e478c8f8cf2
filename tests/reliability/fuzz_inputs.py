"""Hostile input files of every kind, each given to a command, which must end with an ordinary error or result.

A case is one original file with one seeded mutation, in a folder of its own with the other files that its command
needs. It survives if the command ends within `SECONDS` with exit code 0 to 3, takes at most `GROWTH` times the memory
that it takes for the original, reports in whole lines without control characters and without calling itself faulty,
prints valid JSON where that is requested, and leaves no temporary file.
"""

from __future__ import annotations

import io
import json
import random
import shutil
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import h5py
import numpy as np
from commands import Command, Result
from made_faces import tiny_config
from mutations import Mutate, mutate_bytes, mutate_header, mutate_json, mutate_picture, mutate_sealed_json, mutate_table
from transformers import DINOv3ViTModel

from painctl.files.descriptors import redirected
from painctl.files.seals import SUMS, write_sums
from painctl.files.text import parse_json
from painctl.images.encode import decode
from painctl.shard import seal
from painctl.shard.reader import Shard

SECONDS = 60  # the most that one case may take
MEMORY = 8 << 30  # address space in bytes; only a guard, see GROWTH
GROWTH = 1.5
WEIGHTS = {"age_group": {"young": 1, "elderly": 2}, "gender": {"woman": 1}, "ethnicity": {"Black": 3, "White": 1}}
KINDS = ("pictures", "videos", "tables", "json", "configurations", "attributes")

PREPARATION = """
sample-ids -n 4 --seed 5 -o ids.h5
texture ids.h5 --size 128 -o textures.h5
rig textures.h5 --pspi 8,12 -o faces.h5
render-views faces.h5 --views 1 --size 192 -o frames.h5
pack frames.h5 --split 50,50,0 -o data.h5
pack frames.h5 --split 50,50,0 --format folder -o published
pretrain data.h5 --epochs 1 -o model
sample-ids -n 2 --seed 6 -o others.h5
texture others.h5 --size 128 -o painted.h5
rig painted.h5 --pspi 10 -o strained.h5
render-views strained.h5 --views 1 --size 64 -o seen.h5
pack seen.h5 --split 50,50,0 -o unrelated.h5
pretrain unrelated.h5 --epochs 1 --seed 2 -o unrelated
cv data.h5 -k 2 --epochs 0 --init-from unrelated -o run
render-depth ids.h5 --size 64 -o depth.h5
"""


@dataclass(frozen=True)
class Target:
    """A file, what is done to it, and the command that reads it in a folder with `needs` from the prepared files."""

    kind: str
    file: str  # name in the folder
    original: bytes
    mutate: Mutate
    words: Sequence[str]
    needs: Sequence[str]  # files and folders; one that contains `file` is copied, the others are linked


@dataclass(frozen=True)
class Case:
    """The outcome of a command on one mutated file; `fault` is empty if it survived."""

    target: Target
    number: int
    code: int
    peak: int  # of its memory, in bytes
    growth: float  # of the memory, relative to that for the original
    fault: str


def prepare(folder: Path) -> None:
    """Make the files that the commands read. Raises AssertionError if a command fails."""
    for line in PREPARATION.split("\n")[1:-1]:
        ended = Command(line.split(), folder).wait()
        assert ended.code == 0, f"{line}: {ended.stderr}"
    with redirected(1, 2):  # a progress bar
        DINOv3ViTModel(tiny_config()).save_pretrained(folder / "dino")
    (folder / "weights.json").write_text(json.dumps(WEIGHTS))
    with Shard(folder / "frames.h5") as shard:
        faces = [decode(shard.read("frames", "image", row))[..., ::-1] for row in range(4)]
    with redirected(1, 2):  # OpenCV reports each format that its build cannot write
        _write_pictures(folder, faces)


def _write_pictures(folder: Path, faces: Sequence[np.ndarray]) -> None:
    cv2.imwrite(str(folder / "good.png"), faces[0])
    face = faces[2]
    grey = np.ascontiguousarray(face[..., 1])
    for suffix in ("png", "jpg", "webp", "avif", "tiff", "bmp", "gif", "jp2", "ppm", "pgm", "pbm"):
        cv2.imwrite(str(folder / f"face.{suffix}"), grey if suffix in ("pgm", "pbm") else face)
    for name, codec in (("film.avi", "MJPG"), ("film.mp4", "mp4v"), ("film.mkv", "FFV1"), ("film.webm", "VP80")):
        film = cv2.VideoWriter(str(folder / name), cv2.VideoWriter_fourcc(*codec), 25, face.shape[:2])
        for frame in faces:
            film.write(frame)
        film.release()


def targets(prepared: Path) -> list[Target]:
    """Every file that is mutated, by kind."""

    def target(kind: str, file: str, mutate: Mutate, line: str, *needs: str) -> Target:
        return Target(kind, file, (prepared / file).read_bytes(), mutate, line.split(), needs)

    predict = "predict --neutral good.png --model model --json"
    targets: list[Target] = []
    for path in sorted(prepared.glob("face.*")):
        targets.append(
            target("pictures", path.name, mutate_picture, f"{predict} --crop none {path.name}", "good.png", "model")
        )
    targets += [
        target("pictures", "face.png", mutate_picture, f"{predict} face.png good.png", "good.png", "model"),
        target(
            "pictures", "face.jpg", mutate_picture, "predict good.png -n face.jpg -m model --csv", "good.png", "model"
        ),
    ]
    for path in sorted(prepared.glob("film.*")):
        targets.append(target("videos", path.name, mutate_bytes, f"{predict} {path.name}", "good.png", "model"))
    cross = "-k 2 --epochs 0 --init-from unrelated -o out"
    annotation = sorted((prepared / "published/annotations").iterdir())[2].relative_to(prepared)
    targets += [
        target("tables", "published/split.csv", mutate_table, f"cv published {cross}", "published", "unrelated"),
        target("json", str(annotation), mutate_json, f"cv published {cross}", "published", "unrelated"),
        target("tables", "published/identities.csv", mutate_table, f"cv published {cross}", "published", "unrelated"),
        target("tables", "model/SHA256SUMS", mutate_bytes, f"{predict} good.png", "good.png", "model"),
        target("json", "run/fold-1.json", mutate_sealed_json, "cv --merge run", "run"),
        target("json", "run/fold-2.json", mutate_sealed_json, "cv --compare run run", "run"),
        target("json", "published/dataset.json", mutate_json, "inspect --json published", "published"),
        target("json", "weights.json", mutate_json, "sample-ids -n 1 --demographics weights.json -o out.h5"),
    ]
    pretrain = "pretrain data.h5 --backbone dino --epochs 1 -o out"
    for folder, line, *needs in (
        ("model", f"{predict} good.png", "good.png", "model"),
        ("dino", pretrain, "data.h5", "dino"),
    ):
        targets.append(target("configurations", f"{folder}/config.json", mutate_json, line, *needs))
        targets.append(target("configurations", f"{folder}/model.safetensors", mutate_header, line, *needs))
    for line in ("inspect ids.h5", "inspect --json ids.h5", "render-depth --size 64 ids.h5 -o out.h5"):
        targets.append(target("attributes", "ids.h5", _mutate_attributes, line))
    return targets


def run(prepared: Path, target: Target, number: int, seed: int, ordinary: int = 0) -> Case:
    """Mutate a target and run its command; case number -1 is the original. `ordinary` is the memory it may exceed."""
    work = Path(tempfile.mkdtemp(prefix=f"{target.kind}-{number}-", dir=prepared))
    _lay_out(prepared, target, work)
    generator = random.Random(f"{seed}/{target.file}/{' '.join(target.words)}/{number}")
    changed = target.original if number < 0 else target.mutate(target.original, generator)
    (work / target.file).write_bytes(changed)
    if target.kind == "configurations" and number % 2 and (work / "model" / SUMS).exists():
        write_sums(work / "model")  # every other file as an attacker would change it
    try:
        ended = Command(list(target.words), work, memory=MEMORY).wait(SECONDS)
    except TimeoutError as error:
        return Case(target, number, 0, 0, 0, str(error))
    fault = _fault(ended, work, ordinary, "--json" in target.words)
    if not fault:
        shutil.rmtree(work)
    return Case(target, number, ended.code, ended.peak, ended.peak / (ordinary or ended.peak or 1), fault)


def cases(prepared: Path, target: Target, numbers: Sequence[int], seed: int) -> list[Case]:
    """Mutations of a target. Raises AssertionError if the original does not succeed."""
    original = run(prepared, target, -1, seed)
    if original.code or original.fault:
        raise AssertionError(f"{' '.join(target.words)}: {original.fault or original.code}")
    return [run(prepared, target, number, seed, original.peak) for number in numbers]


def _lay_out(prepared: Path, target: Target, work: Path) -> None:
    (work / target.file).parent.mkdir(parents=True, exist_ok=True)
    for name in target.needs:
        if not target.file.startswith(f"{name}/"):
            (work / name).symlink_to(prepared / name)
            continue
        shutil.copytree(prepared / name, work / name, dirs_exist_ok=True)


def _is_raw(character: str) -> bool:
    is_control = unicodedata.category(character) == "Cc" and character != "\n"
    return is_control or unicodedata.bidirectional(character) in ("RLO", "LRO", "RLE", "LRE", "RLI", "LRI", "FSI")


def _fault(ended: Result, work: Path, ordinary: int, is_json: bool) -> str:
    """What is wrong with a result; empty if nothing is."""
    if ended.code not in (0, 1, 2, 3):
        return f"exit code {ended.code}: {ended.stderr[-300:]}"
    if "bug in painctl" in ended.stderr or "Traceback" in ended.stderr:
        return ended.stderr[-500:]
    if ordinary and ended.peak > GROWTH * ordinary:
        return f"{ended.peak >> 20} MiB of memory instead of {ordinary >> 20}: {ended.stderr[-300:]}"
    if not ended.peak:
        return "ended without a trace of its memory"
    if ended.code and not ended.stderr.strip():
        return f"exit code {ended.code} without a word"
    for line in ended.stderr.splitlines():
        if not line.startswith("painctl "):
            return f"a line on stderr that is not painctl's: {line[:300]}"
    try:
        output = ended.stdout.decode()
        if is_json and output:
            parse_json(output, "stdout")
    except ValueError as error:
        return f"{error}: {ended.stdout[:300]!r}"
    for text in (ended.stderr, output):
        if raw := [character for character in text if _is_raw(character)]:
            return f"control character {raw[0]!r} in the output: {text[:300]!r}"
    if left := [path for path in work.rglob("*") if path.name.startswith(".") or path.parent.name == "tmp"]:
        return f"left {left[0].relative_to(work)}"
    return ""


def _mutate_attributes(data: bytes, generator: random.Random) -> bytes:
    """A shard, one to three attributes of which have other values or types, sealed again."""
    length = int.from_bytes(data[-16:-8], "little")
    file = io.BytesIO(data[: -48 - length])
    with h5py.File(file, "r+") as shard:
        places = [shard, *(shard[name] for name in shard), *(shard[f"{a}/{b}"] for a in shard for b in shard[a])]
        for _ in range(generator.choice((1, 2, 3))):
            place = generator.choice(places) if generator.random() < 0.3 else shard
            names = sorted(place.attrs) or ["format_version"]
            name = generator.choice([*names, "extra"])
            text = str(place.attrs.get(name, ""))
            hostile = _attribute_values(shard, text, generator)
            place.attrs.pop(name, None)
            if (value := generator.choice(hostile)) is not None:
                place.attrs.create(name, **value)
    seal.seal(file, [])
    return file.getvalue()


def _attribute_values(shard: h5py.File, text: str, generator: random.Random) -> list[dict[str, Any] | None]:
    data = text.encode(errors="surrogateescape")
    history = mutate_json(data, generator) if text.startswith(("[", "{")) else mutate_bytes(b"?" + data, generator)
    return [
        None,
        {"data": shard.ref, "dtype": h5py.ref_dtype},
        {"data": h5py.Empty("f4")},
        {"data": np.arange(12).reshape(3, 4)},
        {"data": np.zeros(2, [("a", "i4"), ("b", "f8")])},
        {"data": np.void(b"\x00\xff\x1b")},
        {"data": generator.choice((-1, 0, 2**40, float("nan"), 1e300))},
        {"data": "\x1b[31mred\x07" + text},
        {"data": np.array([data, b"b"], object), "dtype": h5py.string_dtype()},
        {"data": data[:7] + b"\xff"},
        {"data": "a" * 60_000},
        *({"data": history.replace(b"\0", b"")} for _ in range(6)),
    ]
