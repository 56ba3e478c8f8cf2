import csv
import json
from collections import Counter

import cv2
import pytest

from painctl.dataset.folder import write
from painctl.files.names import parse_csv_text
from painctl.pain.action_units import ACTION_UNITS
from painctl.records import SPLITS


def load(folder):
    """(split, base name, labels, pictures, neutral pictures of the same sample), as a published loader pairs them."""
    pictures = {}
    for path in sorted((folder / "meshes_inpainted").iterdir()):
        pictures.setdefault(path.stem.split("_textured_view_")[0], []).append(path)
    with (folder / "split.csv").open() as file:
        rows = {row["annotation_base_name"]: int(row["split"]) for row in csv.DictReader(file)}
    for path in sorted((folder / "annotations").glob("*.json")):
        base = path.name.replace("_annotations.json", "")
        neutral = pictures[base.split("_pain_")[0] + "_neutral"]
        yield rows[base], base, json.loads(path.read_text()), pictures[base], neutral


def test_a_loader_of_the_published_layout_reads_it(tmp_path, make_person):
    people = [make_person(0), make_person(1), make_person(5)]
    assert write(zip(people, (0, 0, 2), strict=True), tmp_path) == {}
    pairs = list(load(tmp_path))
    assert Counter(split for split, *_ in pairs) == {0: 6, 2: 3}
    for _, base, labels, pictures, neutral in pairs:
        sample, _, number = base.removeprefix("flame_sample_").partition("_pain_")
        person, face = people[int(sample)], int(number)
        assert labels.pop("other") == ""
        assert labels == {name: int(person.expressions[name][face]) for name in (*ACTION_UNITS, "PSPI")}
        assert [path.read_bytes() for path in pictures] == person.frames["image"][3 * face : 3 * face + 3]
        assert [path.read_bytes() for path in neutral] == person.frames["image"][:3]
        assert (tmp_path / "heatmaps" / f"{base}_heatmap.png").read_bytes() == person.frames["heatmap"][3 * face]


def test_neutral_faces_are_references_only(tmp_path, make_person):
    write([(make_person(0), 1)], tmp_path)
    assert (
        len(list((tmp_path / "meshes_inpainted").glob("flame_sample_0000_neutral_textured_view_00?_inpainted.jpg")))
        == 3
    )
    assert not [path for path in tmp_path.rglob("*neutral*") if path.parent.name != "meshes_inpainted"]
    assert "neutral" not in (tmp_path / "split.csv").read_text()


def test_samples_are_named_after_people(tmp_path, make_person):
    write([(make_person(3, seed=9), 1)], tmp_path)
    with (tmp_path / "identities.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert (row["sample"], row["name"], row["seed"]) == ("flame_sample_0000", "s9-00003", "9")
    assert row["split"] == SPLITS[1]


def test_png_frames_become_jpeg(tmp_path, make_person):
    person = make_person(0, picture=".png")
    write([(person, 0)], tmp_path)
    for path in (tmp_path / "meshes_inpainted").iterdir():
        assert path.read_bytes()[:3] == b"\xff\xd8\xff"
        assert cv2.imread(str(path)).shape == (24, 24, 3)


def test_an_undecodable_picture_is_rejected(tmp_path, make_person):
    person = make_person(0, picture=".png")
    person.frames["image"][0] = person.frames["image"][0][:60]
    with pytest.raises(ValueError, match="not a readable picture"):
        write([(person, 0)], tmp_path)


def test_no_text_of_a_person_is_a_formula(tmp_path, make_person):
    person = make_person(3)
    person.tables["identities"]["prompt"] = ["=HYPERLINK(1)"]
    write([(person, 1)], tmp_path)
    with (tmp_path / "identities.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert row["prompt"] == "'=HYPERLINK(1)"
    assert parse_csv_text(row["prompt"]) == person.identity["prompt"]
