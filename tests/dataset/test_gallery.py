import numpy as np
import pytest

from painctl.dataset.gallery import gallery, sheet_rows
from painctl.dataset.summary import describe
from painctl.images.encode import decode


def test_a_sheet_is_in_order_of_pspi_with_heatmaps(write_shard, make_person):
    rows = sheet_rows([write_shard("a.h5", [0])], tile=24)
    scores = [int(label.split("PSPI ")[1].split("\n")[0]) for label, _ in rows]
    assert scores == sorted(make_person(0).expressions["PSPI"].tolist())
    assert all(len(pictures) == 6 for _, pictures in rows)


def test_a_sheet_of_many_people_is_bounded(write_shard):
    shards = [write_shard(f"{number}.h5", range(10 * number, 10 * number + 10)) for number in range(3)]
    rows = sheet_rows(shards, tile=24)
    people = {label.split("\n")[0] for label, _ in rows}
    assert len(people) == 12
    assert len(rows) == 24
    assert {"s7-00000", "s7-00029"} < people


def test_earlier_shards_show_their_latest_pictures(write_shard):
    rows = sheet_rows([write_shard("a.h5", [0, 1], without=("expressions", "frames"))])
    assert [label for label, _ in rows] == ["s7-00000", "s7-00001"]
    with pytest.raises(ValueError, match="no pictures; run"):
        sheet_rows([write_shard("b.h5", [0], without=("expressions", "frames", "portraits"))])


def test_a_gallery_has_a_row_per_person_in_order_of_pspi(write_shard, make_person):
    titles, rows = gallery([write_shard("a.h5", [0, 1]), write_shard("b.h5", [2])], tile=24)
    assert titles == []  # their scores differ
    assert [label.split("\n")[0] for label, _ in rows] == ["s7-00000", "s7-00001", "s7-00002"]
    for identity, (label, pictures) in enumerate(rows):
        person = make_person(identity)
        scores = sorted({int(score) for score in person.expressions["PSPI"]})
        assert label.endswith("PSPI " + " ".join(map(str, scores)))
        assert len(pictures) == len(person.frames["image"])
    assert np.abs(rows[0][1][0].astype(int) - decode(make_person(0).frames["image"][0])).max() == 0


def test_shared_scores_become_titles(write_shard, make_person):
    titles, rows = gallery([write_shard("a.h5", [0])], tile=24)
    scores = [int(score) for score in make_person(0).expressions["PSPI"]]
    views = len(rows[0][1]) // len(scores)
    assert [title for title in titles if title] == [f"PSPI {score}" for score in sorted(set(scores))]
    assert [bool(title) for title in titles[:views]] == [True] + [False] * (views - 1)


def test_people_without_pictures_are_passed_over(write_shard):
    empty, full = write_shard("a.h5", []), write_shard("b.h5", [0])
    assert len(sheet_rows([empty, full], tile=24)) == 4
    with pytest.raises(ValueError, match=r"a\.h5: no pictures of people"):
        sheet_rows([empty])


def test_a_gallery_by_other_actions_names_them_under_each_picture(write_shard, make_person):
    person = make_person(0)
    others = ["", "wide", "", "smile+look-left"]
    person.tables["expressions"]["other"] = others
    path = write_shard("a.h5", [person])
    titles, ((_, pictures),) = gallery([path], tile=42, by="other")
    assert titles == []
    assert all(picture.shape == (42, 42, 3) for picture in pictures)
    plain = person.expressions["PSPI"][[0, 2]].argsort(kind="stable")
    first = 3 * (0, 2)[plain[0]]
    assert np.abs(pictures[0][:24, :24].astype(int) - decode(person.frames["image"][first])).max() == 0
    assert (pictures[0][24:] > 150).any()  # the caption
    label, *_ = [label for label, _ in sheet_rows([path], tile=24) if "smile" in label]
    assert label.split("\n")[-2:] == ["smile", "look-left"]
    assert describe([path])["other"] == {"look-left": 1, "smile": 1, "wide": 1}
