"""A person who cannot be made: left out, told, and made again, and nobody else notices."""

import numpy as np
import pytest

from painctl.dataset.gather import PackOptions, plan_dataset
from painctl.pain.action_units import ACTION_UNITS
from painctl.shard.reader import Shard
from painctl.shard.schema import TABLES
from painctl.shard.seal import ShardError
from painctl.stages.pack import pack
from painctl.stages.step import Step, each, failures, made_by, transform

PEOPLE = (0, 1, 2, 3)


def texture(failing=(), error=None):
    """A step that makes three pictures of a person's own, but not for those whose index is in `failing`."""

    def run(shard, people):
        def make(row):
            identity = int(shard.read("identities", "identity", row))
            if identity in failing:
                raise error or ValueError("no pigment")
            yield "textures", {name: [bytes([identity]) * 5] for name in ("albedo", "normal", "roughness")}

        return each(people, make)

    return Step("texture", ("meshes",), ("textures",), {}, run)


def rig(failing=()):
    """A step that makes one to four expressions of a person, by their index, all neutral."""

    def run(shard, people):
        def make(row):
            if row in failing:
                raise ValueError("no jaw")
            count = int(shard.read("identities", "identity", row)) + 1
            vertices = shard.read("meshes", "vertices", row)
            yield (
                "expressions",
                {
                    "identity_row": np.full(count, row),
                    "expression": np.arange(count),
                    **{name: np.zeros(count, np.uint8) for name in (*ACTION_UNITS, "PSPI")},
                    "asymmetry": np.zeros((count, 6)),
                    "vertices": np.stack([vertices] * count),
                    "heatmap": np.zeros((count, len(vertices))),
                },
            )

        return each(people, make)

    return Step("rig", ("meshes",), ("expressions",), {}, run)


def frames(failing=()):
    """A step that makes the frames that are there again, with the history they had."""

    def run(shard, people):
        owner = shard.read("frames", "identity_row")

        def make(row):
            if row in failing:
                raise ValueError("no light")
            span = slice(*np.searchsorted(owner, (row, row + 1)).tolist())
            yield "frames", {c.name: shard.read("frames", c.name, span) for c in TABLES["frames"].columns}

        return each(people, make)

    return Step("render-views", ("frames",), ("frames",), {}, run)


def table(path, name):
    with Shard(path) as shard:
        return {column.name: shard.read(name, column.name) for column in TABLES[name].columns}


@pytest.fixture
def people(write_shard):
    return write_shard("people.h5", PEOPLE, without=("frames",))


def test_the_others_are_as_if_they_had_been_asked_for_alone(people, write_shard, tmp_path):
    failed = transform(texture(failing={1}), people, tmp_path / "some.h5")
    alone = write_shard("alone.h5", [0, 2, 3], without=("frames",))
    assert not transform(texture(), alone, tmp_path / "alone_too.h5")
    assert list(failed) == ["s7-00001"]
    for name in ("identities", "meshes", "portraits", "textures"):
        some, without = table(tmp_path / "some.h5", name), table(tmp_path / "alone_too.h5", name)
        for column, values in some.items():
            np.testing.assert_array_equal(values, without[column], err_msg=f"{name}/{column}")


def test_who_failed_is_told_in_the_shard(people, tmp_path):
    transform(texture(failing={1, 3}), people, tmp_path / "out.h5")
    told = table(tmp_path / "out.h5", "failures")
    assert told["name"] == ["s7-00001", "s7-00003"]
    assert told["identity"].tolist() == [1, 3]
    assert told["stage"] == ["texture"] * 2
    assert told["reason"] == ["no pigment"] * 2
    assert failures(tmp_path / "out.h5") == 2


def test_earlier_failures_are_carried_on_and_counted_once(people, tmp_path):
    transform(texture(failing={1}), people, tmp_path / "textures.h5")
    transform(rig(failing={1}), tmp_path / "textures.h5", tmp_path / "faces.h5")
    told = table(tmp_path / "faces.h5", "failures")
    assert list(zip(told["name"], told["stage"], strict=True)) == [("s7-00001", "texture"), ("s7-00002", "rig")]
    assert failures(tmp_path / "faces.h5") == 1
    with Shard(tmp_path / "faces.h5") as shard:
        assert shard.read("identities", "identity").tolist() == [0, 3]
        assert shard.read("expressions", "identity_row").tolist() == [0, 1, 1, 1, 1]
        assert shard.rows("meshes") == shard.rows("textures") == 2


@pytest.mark.parametrize("make", [texture, rig])
def test_made_again_the_shard_has_the_bytes_of_one_that_never_failed(make, people, tmp_path):
    target, whole = tmp_path / "out.h5", tmp_path / "whole.h5"
    assert len(transform(make(failing={0, 2}), people, target)) == 2
    assert len(transform(make(failing={2}), people, target, retry=True)) == 1
    assert not transform(make(), people, target, retry=True)
    transform(make(), people, whole)
    assert target.read_bytes() == whole.read_bytes()
    assert made_by(make(), people, target)


def test_only_those_who_failed_are_made_again(people, tmp_path):
    transform(texture(failing={1}), people, tmp_path / "out.h5")
    again = transform(texture(failing={0, 2, 3}), people, tmp_path / "out.h5", retry=True)
    assert not again
    assert not failures(tmp_path / "out.h5")


def test_where_all_fail_there_is_no_shard(people, tmp_path):
    with pytest.raises(ValueError, match="no pigment"):
        transform(texture(failing=PEOPLE), people, tmp_path / "out.h5")
    assert not (tmp_path / "out.h5").exists()


@pytest.mark.parametrize("error", [OSError("disk full"), MemoryError(), ImportError("no torch"), ShardError("damaged")])
def test_what_is_nobodys_fault_stops_the_shard(error, people, tmp_path):
    with pytest.raises(type(error)):
        transform(texture(failing={1}, error=error), people, tmp_path / "out.h5")
    assert not (tmp_path / "out.h5").exists()


def test_a_reason_is_one_line_and_names_an_error_not_meant_for_people(people, tmp_path):
    transform(texture(failing={1}, error=KeyError("a\nb" * 200)), people, tmp_path / "out.h5")
    (reason,) = table(tmp_path / "out.h5", "failures")["reason"]
    assert reason.startswith("KeyError: ")
    assert "\n" not in reason
    assert len(reason.encode()) <= 256


def test_a_dataset_tells_who_is_missing_unless_another_shard_has_them(write_shard, tmp_path):
    transform(frames(failing={1, 2}), write_shard("people.h5", PEOPLE), tmp_path / "some.h5")
    transform(frames(), write_shard("two.h5", [2]), tmp_path / "other.h5")
    plan = plan_dataset([tmp_path / "some.h5", tmp_path / "other.h5"], PackOptions())
    pack(plan, tmp_path / "dataset.h5")
    assert table(tmp_path / "dataset.h5", "failures")["name"] == ["s7-00001"]
    with Shard(tmp_path / "dataset.h5") as shard:
        assert "Asked for and left out: 1." in shard.attributes["card"]
        assert "| s7-00001 | render-views | no light |" in shard.attributes["card"]
        assert shard.read("identities", "identity").tolist() == [0, 2, 3]
