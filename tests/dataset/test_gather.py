import numpy as np
import pytest
from made_steps import pack_options

from painctl.dataset.gather import plan_dataset, read_people
from painctl.dataset.person import Person
from painctl.shard.seal import ShardError


def test_people_are_in_the_order_of_seed_and_index(write_shard, make_person):
    shards = [write_shard("b.h5", [3, 1]), write_shard("a.h5", [make_person(0, seed=9), 2])]
    plan = plan_dataset(shards, pack_options())
    assert [person.name for person in plan.people] == ["s7-00001", "s7-00002", "s7-00003", "s9-00000"]
    assert [person.name for person, _ in read_people(plan)] == [person.name for person in plan.people]


def test_the_plan_does_not_depend_on_the_shards(write_shard):
    single = plan_dataset([write_shard("all.h5", [0, 1, 2, 3])], pack_options())
    divided = plan_dataset(
        [write_shard("b.h5", [3, 2]), write_shard("c.h5", [1]), write_shard("a.h5", [0])], pack_options()
    )
    assert (divided.content, divided.history, divided.members) == (
        single.content,
        single.history,
        single.members,
    )


def test_duplicate_people_are_rejected(write_shard, make_person):
    first, second = write_shard("one.h5", [0, 1]), write_shard("two.h5", [1])
    with pytest.raises(ValueError, match=r"s7-00001 is in .*one.h5 and again in .*two.h5, with the same content"):
        plan_dataset([first, second], pack_options())
    with pytest.raises(ValueError, match="with different content"):
        plan_dataset([first, write_shard("three.h5", [make_person(1, pain=2)])], pack_options())


def test_a_failed_check_names_shard_and_person(write_shard, make_person):
    person = make_person(1)
    person.expressions["PSPI"][2] += 1
    with pytest.raises(ValueError, match=r"bad.h5: s7-00001, expression 2: PSPI"):
        plan_dataset([write_shard("bad.h5", [0, person])], pack_options())


def test_a_face_under_two_names_is_rejected(write_shard, make_person):
    first, second = make_person(0), make_person(1)
    face = {
        name: first.tables["identities"][name] for name in ("coefficients", "melanin", "haemoglobin", "iris", "hair")
    }
    second = Person({**second.tables, "identities": {**second.tables["identities"], **face}})
    shard = write_shard("a.h5", [first, second])
    with pytest.raises(ValueError, match="has the face of"):
        plan_dataset([shard], pack_options(ratios=(50, 50, 0)))


def test_a_shard_without_frames_is_rejected(write_shard):
    with pytest.raises(ShardError, match="no frames; run `painctl render-views`"):
        plan_dataset([write_shard("a.h5", [0], without=("frames",))], pack_options())
    with pytest.raises(ShardError, match="no textures"):
        plan_dataset([write_shard("a.h5", [0])], pack_options(keep=("textures",)))


def test_shards_made_with_different_options_need_mix(write_shard):
    shards = [write_shard("a.h5", [0]), write_shard("b.h5", [1], history={"rig": {"pspi": [4, 8]}})]
    with pytest.raises(ValueError, match="--mix packs both"):
        plan_dataset(shards, pack_options())
    assert len(plan_dataset(shards, pack_options(mix=True)).people) == 2


def test_different_topologies_are_rejected(write_shard):
    shards = [write_shard("a.h5", [0]), write_shard("b.h5", [1], topology={"uvs": np.ones((6, 2))})]
    with pytest.raises(ValueError, match="different topology"):
        plan_dataset(shards, pack_options())


def test_no_people_is_an_error():
    with pytest.raises(ValueError, match="no people to pack"):
        plan_dataset([], pack_options())


def test_a_shard_that_changed_since_planning_is_rejected(write_shard, make_person):
    plan = plan_dataset([write_shard("a.h5", [0])], pack_options())
    write_shard("a.h5", [make_person(0, pain=2)])
    with pytest.raises(ShardError, match="changed while"):
        list(read_people(plan))
