"""The folder layout of the published 3DPain, so that loaders written for it can read ours.

meshes_inpainted/flame_sample_0000_pain_1_textured_view_000_inpainted.jpg    one picture per frame
meshes_inpainted/flame_sample_0000_neutral_textured_view_000_inpainted.jpg
heatmaps/flame_sample_0000_pain_1_heatmap.png                                one per expression, from view 0
annotations/flame_sample_0000_pain_1_annotations.json                        AU4 ... AU43 and PSPI
split.csv                                                                    annotation_base_name,split (0, 1, 2)
identities.csv                                                               the person of each sample

Neutral faces have no annotation and no line in the split: in this layout they are references only. It does not store
masks, landmarks and cameras. Its pictures are JPEG, so PNG frames are re-encoded, at quality 95.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path

from painctl.dataset import pictures
from painctl.dataset.person import Person, face_name
from painctl.files.names import csv_text
from painctl.images.encode import decode, encode_jpeg
from painctl.records import SPLITS

IMAGES, HEATMAPS, ANNOTATIONS = "meshes_inpainted", "heatmaps", "annotations"

_IDENTITY = ("name", "seed", "identity", "age_group", "age", "gender", "ethnicity", "prompt")


def write(people: Iterable[tuple[Person, int]], folder: Path) -> dict[str, str]:
    """Write people with their splits (rows of SPLITS). Returns no patterns of data files for the card."""
    for name in (IMAGES, HEATMAPS, ANNOTATIONS):
        (folder / name).mkdir()
    with (
        (folder / "split.csv").open("w", newline="") as splits,
        (folder / "identities.csv").open("w", newline="") as identities,
    ):
        split_rows = csv.writer(splits, lineterminator="\n")
        identity_rows = csv.writer(identities, lineterminator="\n")
        split_rows.writerow(["annotation_base_name", "split"])
        identity_rows.writerow(["sample", *_IDENTITY, "split"])
        for number, (person, split) in enumerate(people):
            sample = f"flame_sample_{number:04d}"
            values = (person.identity[field] for field in _IDENTITY)
            cells = [csv_text(value) if isinstance(value, str) else value for value in values]
            identity_rows.writerow([sample, *cells, SPLITS[split]])
            _write_frames(person, sample, folder)
            for face, expression in enumerate(person.expressions["expression"].tolist()):
                if expression:
                    base = f"{sample}_{face_name(expression)}"
                    split_rows.writerow([base, split])
                    labels = json.dumps({**person.labels(face), "other": person.other(face)}, allow_nan=False)
                    (folder / ANNOTATIONS / f"{base}_annotations.json").write_text(labels)
    return {}


def _write_frames(person: Person, sample: str, folder: Path) -> None:
    frames = person.frames
    first = frames["view"].min()
    for frame, view in enumerate(frames["view"].tolist()):
        base = f"{sample}_{face_name(person.number(frame))}"
        picture = folder / IMAGES / f"{base}_textured_view_{view:03d}_inpainted.jpg"
        picture.write_bytes(_jpeg(frames["image"][frame]))
        if view == first and person.number(frame):
            (folder / HEATMAPS / f"{base}_heatmap.png").write_bytes(frames["heatmap"][frame])


def _jpeg(data: bytes) -> bytes:
    if pictures.extension(data) == "jpg":
        return data
    return encode_jpeg(decode(data))
