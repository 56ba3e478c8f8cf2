"""Undamaged shards with invalid values."""

import numpy as np
import pytest
from made_steps import pack_options

from painctl.dataset.gather import plan_dataset
from painctl.dataset.validate import validate_shard
from painctl.shard.reader import Shard
from painctl.shard.seal import ShardError
from painctl.stages.pack import write


def nan(table, column):
    def change(person):
        person.tables[table][column][0] = np.nan

    return change


def reference(table, column, value):
    def change(person):
        person.tables[table][column][0] = value

    return change


def units(person):
    person.expressions["PSPI"][1] += 1


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (nan("identities", "coefficients"), "identities/coefficients, row 1: NaN or infinite"),
        (nan("expressions", "asymmetry"), "expressions/asymmetry, row 4: NaN or infinite"),
        (nan("frames", "intrinsics"), "frames/intrinsics, row 12: NaN or infinite"),
        (reference("expressions", "AU4", 6), "expressions/AU4, row 4: 6, expected 0..5"),
        (reference("expressions", "identity_row", 9), "identity_row 10 is out of range"),
        (reference("frames", "expression_row", 70), "expression_row 74 is out of range"),
        (units, "expression 5: PSPI is"),
    ],
)
def test_invalid_values_are_named(write_shard, make_person, change, complaint):
    people = [make_person(0), make_person(1)]
    change(people[1])
    with Shard(write_shard("a.h5", people)) as shard, pytest.raises(ShardError, match=complaint) as error:
        validate_shard(shard)
    assert str(error.value).startswith(str(shard.path))


def test_duplicate_people_are_named(write_shard):
    with (
        Shard(write_shard("a.h5", [0, 1, 0])) as shard,
        pytest.raises(ShardError, match="2 people have the name s7-00000"),
    ):
        validate_shard(shard)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/b", "a.b", "", "a\nb", ".."])
@pytest.mark.parametrize("form", ["folder", "webdataset"])
def test_a_name_that_is_a_path_is_rejected(write_shard, make_person, tmp_path, name, form):
    person = make_person(0)
    person.tables["identities"]["name"][0] = name
    path = write_shard("a.h5", [person])
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ShardError, match=r"a\.h5: identities/name: .* is not a valid name"):
        write(plan_dataset([path], pack_options()), tmp_path / "out", form)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("topology", "complaint"),
    [
        ({"faces": [[0, 1, 6]]}, "topology/faces: out of range"),
        ({"uv_faces": [[0, -1, 2]]}, "topology/uv_faces, row 0: -1, expected 0 or more"),
        ({"landmark_faces": np.full(68, 2)}, "topology/landmark_faces: out of range"),
        ({"actions": np.zeros((1, 7, 3))}, None),
        ({"coefficient_names": ["one"]}, "expected 1 columns, one per name in topology/coefficient_names"),
    ],
)
def test_an_invalid_topology_is_rejected(write_shard, topology, complaint):
    if complaint is None:  # an extent is fixed within a table, so the writer itself refuses
        with pytest.raises(ValueError, match="V is 7, but was 6"):
            write_shard("a.h5", [0], topology=topology)
        return
    with Shard(write_shard("a.h5", [0], topology=topology)) as shard, pytest.raises(ShardError, match=complaint):
        validate_shard(shard)


def test_valid_shards_pass(write_shard, dataset_file):
    for path in (write_shard("a.h5", range(3)), dataset_file):
        with Shard(path) as shard:
            validate_shard(shard)
