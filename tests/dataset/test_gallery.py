import cv2
import numpy as np
import pytest

from painctl.dataset.gallery import HEAT, gallery, sheet
from painctl.dataset.summary import describe
from painctl.images.encode import decode


def test_a_sheet_is_in_order_of_pspi_with_heatmaps(write_shard, make_person):
    content = sheet([write_shard("a.h5", [0])], tile=24)
    scores = [int(row.label.split("PSPI ")[1].split("\n")[0]) for row in content.rows]
    assert scores == sorted(make_person(0).expressions["PSPI"].tolist())
    assert all(len(row.tiles) == 6 for row in content.rows)
    assert content.titles == ["view 0", "heatmap", "view 1", "heatmap", "view 2", "heatmap"]
    assert content.scale is HEAT


def test_black_heatmaps_are_left_out_and_columns_of_nothing_else(write_shard, make_person):
    black = cv2.imencode(".png", np.zeros((24, 24, 3), np.uint8))[1].tobytes()
    some, none = make_person(0), make_person(1)
    some.frames["heatmap"] = [black] * 3 + list(some.frames["heatmap"])[3:]
    none.frames["heatmap"] = [black] * len(none.frames["heatmap"])
    content = sheet([write_shard("a.h5", [some])], tile=24)
    assert [[tile is None for tile in row.tiles] for row in content.rows][:2] == [[False, True] * 3, [False] * 6]
    content = sheet([write_shard("b.h5", [none])], tile=24)
    assert content.titles == ["view 0", "view 1", "view 2"]
    assert content.scale is None
    assert all(len(row.tiles) == 3 for row in content.rows)


def test_a_sheet_of_many_people_is_bounded(write_shard):
    shards = [write_shard(f"{number}.h5", range(10 * number, 10 * number + 10)) for number in range(3)]
    rows = sheet(shards, tile=24).rows
    people = {row.label.split("\n")[0] for row in rows}
    assert len(people) == 12
    assert len(rows) == 24
    assert {"s7-00000", "s7-00029"} < people


def test_earlier_shards_show_their_latest_pictures(write_shard):
    content = sheet([write_shard("a.h5", [0, 1], without=("expressions", "frames"))])
    assert [row.label for row in content.rows] == ["s7-00000", "s7-00001"]
    assert content.titles == ["portrait"]
    with pytest.raises(ValueError, match="no pictures; run"):
        sheet([write_shard("b.h5", [0], without=("expressions", "frames", "portraits"))])


def test_a_gallery_has_a_row_per_person_in_order_of_pspi(write_shard, make_person):
    content = gallery([write_shard("a.h5", [0, 1]), write_shard("b.h5", [2])], tile=24)
    assert content.titles == []  # their scores differ
    assert [row.label.split("\n")[0] for row in content.rows] == ["s7-00000", "s7-00001", "s7-00002"]
    for identity, row in enumerate(content.rows):
        person = make_person(identity)
        views = len(person.frames["image"]) // len(person.expressions["PSPI"])
        scores = sorted(int(score) for score in person.expressions["PSPI"])
        assert [tile.caption for tile in row.tiles] == [f"PSPI {score}" for score in scores for _ in range(views)]
    np.testing.assert_array_equal(content.rows[0].tiles[0].picture, decode(make_person(0).frames["image"][0]))


def test_shared_scores_become_titles(write_shard, make_person):
    content = gallery([write_shard("a.h5", [0])], tile=24)
    scores, titles = [int(score) for score in make_person(0).expressions["PSPI"]], content.titles
    views = len(content.rows[0].tiles) // len(scores)
    assert {tile.caption for tile in content.rows[0].tiles} == {""}
    assert [title for title in titles if title] == [f"PSPI {score}" for score in sorted(set(scores))]
    assert [bool(title) for title in titles[:views]] == [True] + [False] * (views - 1)


def test_people_without_pictures_are_passed_over(write_shard):
    empty, full = write_shard("a.h5", []), write_shard("b.h5", [0])
    assert len(sheet([empty, full], tile=24).rows) == 4
    with pytest.raises(ValueError, match=r"a\.h5: no pictures of people"):
        sheet([empty])


def test_a_gallery_by_other_actions_names_them_under_each_picture(write_shard, make_person):
    person = make_person(0)
    others = ["", "wide", "", "smile+look-left"]
    person.tables["expressions"]["other"] = others
    path = write_shard("a.h5", [person])
    content = gallery([path], tile=24, by="other")
    assert content.titles == []
    ((*tiles,),) = (row.tiles for row in content.rows)
    plain = person.expressions["PSPI"][[0, 2]].argsort(kind="stable")
    first = 3 * (0, 2)[plain[0]]
    np.testing.assert_array_equal(tiles[0].picture, decode(person.frames["image"][first]))
    assert [tile.caption.split("\n")[0] for tile in tiles[6::3]] == ["smile + look-left", "wide"]
    assert all(tile.caption.split("\n")[-1].startswith("PSPI ") for tile in tiles)
    label, *_ = [row.label for row in sheet([path], tile=24).rows if "smile" in row.label]
    assert label.split("\n")[-2:] == ["smile", "look-left"]
    assert describe([path])["other"] == {"look-left": 1, "smile": 1, "wide": 1}
