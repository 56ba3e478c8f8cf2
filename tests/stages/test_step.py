"""A person for whom a step fails is left out, listed and retried, and does not affect the others."""

import io
from types import MappingProxyType

import numpy as np
import pytest
from made_steps import Reports, pack_options

from painctl.dataset.gather import plan_dataset
from painctl.pain.action_units import ACTION_UNITS
from painctl.records import UsageError
from painctl.shard.reader import Shard
from painctl.shard.schema import TABLES
from painctl.shard.seal import ShardError
from painctl.stages.pack import write
from painctl.stages.step import Outputs, Step, failure_count, is_made_by, person_workers, run, transform

PEOPLE = (0, 1, 2, 3)


class PersonTextures(Step):
    """Makes three pictures that differ by person; fails for people whose index is in `failing`."""

    stage, makes, needs, options = "texture", ("textures",), ("meshes",), MappingProxyType({})

    def __init__(self, failing=(), error=None):
        self._failing, self._error = failing, error

    def rows(self, row):
        identity = int(self.shard.read("identities", "identity", row))
        if identity in self._failing:
            raise self._error or ValueError("no pigment")
        yield "textures", {name: [bytes([identity]) * 5] for name in ("albedo", "normal", "roughness")}


class NeutralFaces(Step):
    """Makes one to four expressions of a person, by their index, all neutral."""

    stage, makes, needs, options = "rig", ("expressions",), ("meshes",), MappingProxyType({})

    def __init__(self, failing=()):
        self._failing = failing

    def rows(self, row):
        if row in self._failing:
            raise ValueError("no jaw")
        count = int(self.shard.read("identities", "identity", row)) + 1
        vertices = self.shard.read("meshes", "vertices", row)
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


class SameFrames(Step):
    """Makes the existing frames again, unchanged."""

    stage, makes, needs, options = "render-views", ("frames",), ("frames",), MappingProxyType({})

    def __init__(self, failing=()):
        self._failing = failing

    def rows(self, row):
        if row in self._failing:
            raise ValueError("no light")
        owner = self.shard.read("frames", "identity_row")
        span = slice(*np.searchsorted(owner, (row, row + 1)).tolist())
        yield "frames", {c.name: self.shard.read("frames", c.name, span) for c in TABLES["frames"].columns}


def table(path, name):
    with Shard(path) as shard:
        return {column.name: shard.read(name, column.name) for column in TABLES[name].columns}


@pytest.fixture
def people(write_shard):
    return write_shard("people.h5", PEOPLE, without=("frames",))


def test_the_other_people_come_out_as_if_processed_alone(people, write_shard, tmp_path):
    failed = transform(PersonTextures(failing={1}), people, tmp_path / "some.h5")
    alone = write_shard("alone.h5", [0, 2, 3], without=("frames",))
    assert not transform(PersonTextures(), alone, tmp_path / "alone_too.h5")
    assert list(failed) == ["s7-00001"]
    for name in ("identities", "meshes", "portraits", "textures"):
        some, without = table(tmp_path / "some.h5", name), table(tmp_path / "alone_too.h5", name)
        for column, values in some.items():
            np.testing.assert_array_equal(values, without[column], err_msg=f"{name}/{column}")


def test_the_shard_lists_failed_people(people, tmp_path):
    transform(PersonTextures(failing={1, 3}), people, tmp_path / "out.h5")
    failed_rows = table(tmp_path / "out.h5", "failures")
    assert failed_rows["name"] == ["s7-00001", "s7-00003"]
    assert failed_rows["identity"].tolist() == [1, 3]
    assert failed_rows["stage"] == ["texture"] * 2
    assert failed_rows["reason"] == ["no pigment"] * 2
    assert failure_count(tmp_path / "out.h5") == 2


def test_earlier_failures_are_kept_and_counted_once(people, tmp_path):
    transform(PersonTextures(failing={1}), people, tmp_path / "textures.h5")
    transform(NeutralFaces(failing={1}), tmp_path / "textures.h5", tmp_path / "faces.h5")
    failed_rows = table(tmp_path / "faces.h5", "failures")
    assert list(zip(failed_rows["name"], failed_rows["stage"], strict=True)) == [
        ("s7-00001", "texture"),
        ("s7-00002", "rig"),
    ]
    assert failure_count(tmp_path / "faces.h5") == 1
    with Shard(tmp_path / "faces.h5") as shard:
        assert shard.read("identities", "identity").tolist() == [0, 3]
        assert shard.read("expressions", "identity_row").tolist() == [0, 1, 1, 1, 1]
        assert shard.rows("meshes") == shard.rows("textures") == 2


@pytest.mark.parametrize("make", [PersonTextures, NeutralFaces])
def test_a_retried_shard_has_the_bytes_of_one_that_never_failed(make, people, tmp_path):
    target, unfailed = tmp_path / "out.h5", tmp_path / "whole.h5"
    assert len(transform(make(failing={0, 2}), people, target)) == 2
    assert len(transform(make(failing={2}), people, target, retry=True)) == 1
    assert not transform(make(), people, target, retry=True)
    transform(make(), people, unfailed)
    assert target.read_bytes() == unfailed.read_bytes()
    assert is_made_by(make(), people, target)


@pytest.mark.parametrize("make", [PersonTextures, NeutralFaces])
@pytest.mark.parametrize("failing", [(), (1,), (0, 3)])
def test_workers_change_no_byte(make, failing, people, tmp_path):
    alone, shared = tmp_path / "alone.h5", tmp_path / "shared.h5"
    step = make(failing=failing)
    failed = transform(step, people, alone)
    with person_workers(step, 2) as workers:
        for _ in range(2):  # a second shard, in the same processes
            again = transform(step, people, shared, workers=workers)
            assert [(name, each.reason) for name, each in again.items()] == [
                (name, each.reason) for name, each in failed.items()
            ]
            assert shared.read_bytes() == alone.read_bytes()
        transform(step, people, shared, retry=True, workers=workers)
        assert shared.read_bytes() == alone.read_bytes()


def test_an_error_of_the_machine_in_a_worker_ends_the_step(people, tmp_path):
    step = PersonTextures(failing={2}, error=OSError(28, "No space left on device"))
    with person_workers(step, 2) as workers, pytest.raises(OSError, match="No space"):
        transform(step, people, tmp_path / "out.h5", workers=workers)
    assert not (tmp_path / "out.h5").exists()


def test_jobs_are_rejected_by_a_step_that_works_in_one_process(people, tmp_path):
    step = PersonTextures()
    step.single = "--engine hunyuan3d"
    with pytest.raises(UsageError, match="--jobs 2: --engine hunyuan3d works in one process"):
        run(step, [people], Outputs(tmp_path / "out.h5"), io.BytesIO(), Reports(), jobs=2)


def test_only_failed_people_are_retried(people, tmp_path):
    transform(PersonTextures(failing={1}), people, tmp_path / "out.h5")
    failed = transform(PersonTextures(failing={0, 2, 3}), people, tmp_path / "out.h5", retry=True)
    assert not failed
    assert not failure_count(tmp_path / "out.h5")


def test_no_shard_is_written_if_all_people_fail(people, tmp_path):
    with pytest.raises(ValueError, match="no pigment"):
        transform(PersonTextures(failing=PEOPLE), people, tmp_path / "out.h5")
    assert not (tmp_path / "out.h5").exists()


@pytest.mark.parametrize("error", [OSError("disk full"), MemoryError(), ImportError("no torch"), ShardError("damaged")])
def test_a_fatal_error_stops_the_shard(error, people, tmp_path):
    with pytest.raises(type(error)):
        transform(PersonTextures(failing={1}, error=error), people, tmp_path / "out.h5")
    assert not (tmp_path / "out.h5").exists()


def test_a_reason_is_one_line_and_names_the_type_of_an_unexpected_error(people, tmp_path):
    transform(PersonTextures(failing={1}, error=KeyError("a\nb" * 200)), people, tmp_path / "out.h5")
    (reason,) = table(tmp_path / "out.h5", "failures")["reason"]
    assert reason.startswith("KeyError: ")
    assert "\n" not in reason
    assert len(reason.encode()) <= 256


def test_a_dataset_lists_missing_people_unless_another_shard_has_them(write_shard, tmp_path):
    transform(SameFrames(failing={1, 2}), write_shard("people.h5", PEOPLE), tmp_path / "some.h5")
    transform(SameFrames(), write_shard("two.h5", [2]), tmp_path / "other.h5")
    plan = plan_dataset([tmp_path / "some.h5", tmp_path / "other.h5"], pack_options())
    write(plan, tmp_path / "dataset.h5", "h5")
    assert table(tmp_path / "dataset.h5", "failures")["name"] == ["s7-00001"]
    with Shard(tmp_path / "dataset.h5") as shard:
        assert "Asked for and left out: 1." in shard.attributes["card"]
        assert "| s7-00001 | render-views | no light |" in shard.attributes["card"]
        assert shard.read("identities", "identity").tolist() == [0, 2, 3]
