"""A synthetic UNBC-McMaster: its subjects, folders and files, deliberate faults, and the same frames as HDF5."""

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import h5py
import numpy as np
import pytest

from painctl.detect.framing import box_of_points, crop_face, five_points
from painctl.images.resize import center_crop
from painctl.pain.action_units import pspi

NUMBERS = (
    *("042", "043", "047", "048", "049", "052", "059", "064", "066", "080", "092", "095", "096", "097", "101", "103"),
    *("106", "107", "108", "109", "115", "120", "121", "123", "124"),
)
UNITS = (4, 6, 7, 9, 10, 43)


@dataclass
class Made:
    """Folders of the published layout and of the lab's HDF5 files, and the deliberate faults by kind."""

    folder: Path
    lab: Path
    faults: dict[str, list[str]] = field(default_factory=dict)


def draw_frame(person, units, rng):
    """A frame of 320 x 240 with a face of a few shapes, and its 66 points."""
    person_rng = np.random.default_rng(int(person))
    image = np.full((240, 320, 3), person_rng.uniform(30, 200, 3), np.uint8)
    x, y = rng.uniform(140, 180), rng.uniform(115, 125)
    skin = person_rng.uniform(120, 220) * np.array([0.7, 0.8, 1])
    cv2.ellipse(image, (int(x), int(y)), (52, 72), 0, 0, 360, skin.tolist(), -1)
    au4, au6, au7, au9, au10, au43 = (int(u) for u in units)
    for side in (-1, 1):
        inner = (int(x + side * 8), int(y - 22 + 2 * au4))
        cv2.line(image, inner, (int(x + side * 34), int(y - 27 + au4)), (30, 30, 30), 4)
        opening = 0 if au43 else max(1, 8 - (au6 + au7) // 2)
        cv2.ellipse(image, (int(x + side * 21), int(y - 12)), (10, opening), 0, 0, 360, (240, 240, 240), -1)
        cv2.line(image, (int(x + side * 6), int(y)), (int(x + side * 3), int(y + 10)), (30, 30, 60), 1 + au9)
    cv2.ellipse(image, (int(x), int(y + 35)), (18, 3 + 2 * au10), 0, 0, 360, (40, 30, 120), -1)
    points = np.zeros((66, 2))
    points[:17] = np.c_[np.linspace(-52, 52, 17), 72 * np.sin(np.linspace(0, np.pi, 17))]
    points[17:27] = np.c_[np.linspace(-34, 34, 10), np.full(10, -25)]
    points[27:36] = np.c_[np.zeros(9), np.linspace(-10, 12, 9)]
    for first, side in ((36, -1), (42, 1)):
        turn = np.linspace(0, 2 * np.pi, 7)[:6]
        points[first : first + 6] = np.c_[side * 21 + 10 * np.cos(turn), -12 + 5 * np.sin(turn)]
    points[48:66] = np.c_[np.linspace(-18, 18, 18), np.full(18, 35)]
    return image, points + np.array([x, y])


@dataclass
class Row:
    """A frame of the lab's files: the face uint8 [256, 256, 3], RGB."""

    name: str
    number: str
    units: np.ndarray
    pspi: float
    face: np.ndarray


def face_of(image, points):
    """Crop the face in a BGR frame [H, W, 3] by its points [66, 2], rounded to seven decimals as in the files."""
    written = np.array([[f"{value:.7e}" for value in point] for point in points]).astype(np.float32)
    return center_crop(crop_face(np.ascontiguousarray(image[..., ::-1]), box_of_points(five_points(written))), 256, 1.0)


@pytest.fixture(scope="session")
def made_unbc(tmp_path_factory):
    """25 people with two sequences of four frames each; one of 095 begins with black frames."""
    root = tmp_path_factory.mktemp("unbc")
    made = Made(root / "UNBC", root / "lab")
    made.folder.mkdir()
    made.lab.mkdir()
    rows = []
    for number in NUMBERS:
        rng = np.random.default_rng([1, int(number)])
        letters = "tv" if number == "095" else "ab"
        sequences = [f"{letters}{number}t1aaaff", f"{letters}{number}t2aeunaff"]
        for sequence in sequences:
            for frame in range(4):
                units = np.zeros(6, int) if frame == 0 else rng.integers(0, [5, 5, 5, 4, 4, 2])
                name = f"{number}-{letters}{number}/{sequence}/{sequence}{frame + 1:03d}"
                image, points = draw_frame(number, units, rng)
                write_frame(made.folder, name, image, points, units)
                rows.append(Row(name, number, units, float(pspi(units)), face_of(image, points)))
    damage(made, rows)
    write_lab(made, rows)
    return made


def write_frame(folder, name, image, points, units):
    """Write a frame in the published layout: picture, PSPI, FACS and AAM points."""
    paths = {
        "picture": folder / "Images" / f"{name}.png",
        "PSPI": folder / "Frame_Labels/PSPI" / f"{name}_facs.txt",
        "FACS": folder / "Frame_Labels/FACS" / f"{name}_facs.txt",
        "AAM": folder / "AAM_landmarks" / f"{name}_aam.txt",
    }
    for path in paths.values():
        path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(paths["picture"]), image)
    paths["PSPI"].write_text(f"   {float(pspi(units)):.7e}\n")
    active = [(unit, value) for unit, value in zip(UNITS, units, strict=True) if value]
    lines = [f"   {unit:.7e}   {float(value):.7e}   0.0e+00   0.0e+00\n" for unit, value in active]
    paths["FACS"].write_text("".join([*lines, "   2.5000000e+01   2.0e+00   0.0e+00   0.0e+00\n"] if lines else []))
    paths["AAM"].write_text("".join(f"   {x:.7e}   {y:.7e}\n" for x, y in points))


def damage(made, rows):
    """Damage some frames, each in one way; frames that readers must skip are removed from `rows` too."""
    name_of = [row.name for row in rows]
    black = [name for name in name_of if name.startswith("095-tv095/tv095t2aeunaff")][:2]
    blank = np.zeros((240, 320, 3), np.uint8)
    for name in black:
        cv2.imwrite(str(made.folder / "Images" / f"{name}.png"), blank)
    corrupt, missing, unlabelled, unparsable, wrong = (name_of[8 * person + 5] for person in (1, 3, 5, 7, 9))
    picture = made.folder / "Images" / f"{corrupt}.png"
    picture.write_bytes(picture.read_bytes()[:500])
    (made.folder / "Images" / f"{missing}.png").unlink()
    (made.folder / "Frame_Labels/PSPI" / f"{unlabelled}_facs.txt").unlink()
    (made.folder / "Frame_Labels/FACS" / f"{unparsable}_facs.txt").write_text("4 nonsense\n")
    given = made.folder / "Frame_Labels/PSPI" / f"{wrong}_facs.txt"
    wrong_pspi = (float(given.read_text()) + 1) % 16
    given.write_text(f"{wrong_pspi:.7e}\n")
    made.faults = {
        "black frames, left out": black,
        "pictures that cannot be read, left out": [corrupt],
        "frames without a picture, left out": [missing],
        "frames without PSPI labels, left out": [unlabelled],
        "FACS labels that cannot be read, left out": [unparsable],
        "frames whose PSPI disagrees with their action units, kept": [wrong],
        "people with a single frame of PSPI 0, which is compared with itself": ["095"],  # the other was black
    }
    left_out = {corrupt, missing, unlabelled, unparsable}
    rows[:] = [row for row in rows if row.name not in left_out]
    for row in rows:
        if row.name in black:
            row.face[:] = 0
        if row.name == wrong:
            row.pspi = wrong_pspi


def write_lab(made, rows):
    """Write the same frames in the lab's layout: cropped faces, including black ones, in random order."""
    rows = sorted(rows, key=lambda row: row.name)
    index = 7 + np.arange(len(rows))
    rng = np.random.default_rng(0)
    frame_order, label_order = rng.permutation(len(rows)), rng.permutation(len(rows))
    with h5py.File(made.lab / "frames_unbc.hdf5", "w") as h5:
        faces = np.stack([rows[i].face for i in frame_order])
        h5.create_dataset("image", data=faces, compression="gzip", chunks=(1, *faces.shape[1:]))
        h5["index"] = index[frame_order]
    with h5py.File(made.lab / "annotations_unbc.hdf5", "w") as h5:
        h5["index"] = index[label_order]
        h5["subject_name"] = np.array([f"{int(rows[i].number)}-xx{rows[i].number}".encode() for i in label_order])
        for column, unit in enumerate(UNITS):
            values = np.array([rows[i].units[column] for i in label_order], float)
            h5[f"label_AU_{unit}"] = np.where(values == 0, np.nan, values)
        h5["label_pspi"] = np.array([rows[i].pspi for i in label_order])
    with h5py.File(made.lab / "folds.hdf5", "w") as h5:
        people = np.array([int(number) for number in NUMBERS])
        for fold in range(5):
            h5[f"fold-{fold}/validation_subjects"] = people[fold::5]
            h5[f"fold-{fold}/train_subjects"] = np.setdiff1d(people, people[fold::5])
