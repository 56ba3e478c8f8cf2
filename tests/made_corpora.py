"""Small copies of other corpora, in their layouts, that show rendered faces: two people at rest and in pain."""

from dataclasses import dataclass

import cv2
import made_unbc
import numpy as np

from painctl.images.encode import decode
from painctl.pain.action_units import ACTION_UNITS, pspi
from painctl.shard.reader import Shard


@dataclass
class Rendered:
    """A face uint8 [H, W, 3] RGB off the middle of a picture, its person from 0, its six units, and its view."""

    image: np.ndarray
    person: int
    units: np.ndarray
    view: int

    @property
    def is_neutral(self):
        return not self.units.any()


def rendered(shard_path):
    """The frames of a shard of rendered people, with a border."""
    with Shard(shard_path) as shard:
        expression, person = shard.read("frames", "expression_row"), shard.read("frames", "identity_row")
        units = np.stack([shard.read("expressions", unit) for unit in ACTION_UNITS], axis=1)[expression]
        images = [decode(shard.read("frames", "image", row)) for row in range(shard.rows("frames"))]
        views = shard.read("frames", "view")
    return [
        Rendered(cv2.copyMakeBorder(image, 24, 8, 12, 36, cv2.BORDER_REPLICATE), int(p), u, int(view))
        for image, p, u, view in zip(images, person, units, views, strict=True)
    ]


def save(path, image):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.ascontiguousarray(image[..., ::-1]))


def facs_line(unit, intensity):
    return f"   {unit:.7e}   {intensity:.7e}\n"


def write_ck(folder, faces):
    """A sequence of four frames for each person and view: the first at rest, the last in pain; between them noise."""
    rng = np.random.default_rng(0)
    for face in faces:
        person, sequence = f"S{5 + face.person:03d}", f"{face.view + 1:03d}"
        stem = f"{person}/{sequence}/{person}_{sequence}_"
        number = 1 if face.is_neutral else 4
        save(folder / "cohn-kanade-images" / f"{stem}{number:08d}.png", face.image)
        if face.is_neutral:
            for between in (2, 3):
                noise = rng.integers(0, 255, (24, 24, 3), np.uint8)
                save(folder / "cohn-kanade-images" / f"{stem}{between:08d}.png", noise)
            continue
        label = folder / "FACS" / f"{stem}{number:08d}_facs.txt"
        label.parent.mkdir(parents=True, exist_ok=True)
        coded = zip(ACTION_UNITS, face.units.tolist(), strict=True)
        lines = [facs_line(int(unit[2:]), float(value)) for unit, value in coded if value]
        label.write_text("".join([*lines, facs_line(25, 2.0)]))
        emotion = folder / "Emotion" / f"{stem}{number:08d}_emotion.txt"
        emotion.parent.mkdir(parents=True, exist_ok=True)
        emotion.write_text("   3.0000000e+00\n")
    return folder


def write_table(path, faces):
    """A CSV file of image, person, PSPI and units, and its pictures; rows in random order."""
    rows = []
    for face in faces:
        name = f"pictures/{face.person}-{face.view}-{int(not face.is_neutral)}.png"
        save(path.parent / name, face.image)
        rows.append([name, f"p{face.person}", pspi(face.units), *face.units])
    order = np.random.default_rng(0).permutation(len(rows))
    lines = [",".join(map(str, row)) for row in [["image", "person", "pspi", *ACTION_UNITS], *(rows[i] for i in order)]]
    path.write_text("\n".join(lines) + "\n")
    return path


def write_frames(path, faces, size=(240, 224)):
    """A video that shows a face per frame, MJPG in AVI or mp4v in MP4."""
    path.parent.mkdir(parents=True, exist_ok=True)
    codec = "MJPG" if path.suffix == ".avi" else "mp4v"
    out = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), 20 if path.suffix == ".avi" else 25, size)
    for face in faces:
        out.write(np.ascontiguousarray(face.image[..., ::-1]))
    out.release()


DISFA_UNITS = (1, 2, 4, 5, 6, 9, 12, 15, 17, 20, 25, 26)


def write_disfa(folder, faces):
    """Videos of the left camera with the six faces of each person, and their labels in twelve files."""
    for person in (0, 1):
        name = f"SN{person + 1:03d}"
        shown = [face for face in faces if face.person == person]
        write_frames(folder / f"Videos_LeftCamera/LeftVideo{name}_comp.avi", shown)
        labels = folder / "ActionUnit_Labels" / name
        labels.mkdir(parents=True)
        for unit in DISFA_UNITS:
            column = ACTION_UNITS.index(f"AU{unit}") if f"AU{unit}" in ACTION_UNITS else None
            lines = [f"{n},{0 if column is None else face.units[column]}\n" for n, face in enumerate(shown, 1)]
            (labels / f"{name}_au{unit}.txt").write_text("".join(lines))
    return folder


def write_biovid(folder, faces):
    """Two videos of each person: no stimulus, with the faces at rest, and the strongest, with those in pain."""
    rows = ["subject_id\tsubject_name\tclass_id\tclass_name\tsample_id\tsample_name"]
    for person, name in enumerate(("071309_w_21", "080309_m_52")):
        for level, kind in ((0, "BL1-081"), (4, "PA4-006")):
            shown = [face for face in faces if face.person == person and face.is_neutral == (level == 0)]
            write_frames(folder / f"video/{name}/{name}-{kind}.mp4", shown)
            rows.append(f"{person}\t{name}\t{level}\t{kind[:3]}\t{len(rows)}\t{name}-{kind}")
    (folder / "starting_point").mkdir()
    (folder / "starting_point/samples.csv").write_text("\n".join(rows) + "\n")
    return folder


def write_lab(folder, corpus):
    """The faces and labels of a corpus in the HDF5 files of the paper's lab, in random order."""
    people = np.unique(corpus.subject).tolist()
    folder.mkdir()
    rows = [
        made_unbc.Row(f"{row:06}", f"{people.index(corpus.subject[row]) + 1}", units, pspi, corpus.read(key, 0))
        for row, (key, units, pspi) in enumerate(zip(corpus.keys, np.nan_to_num(corpus.aus), corpus.pspi, strict=True))
    ]
    made_unbc.write_lab(made_unbc.Made(folder, folder), rows)
