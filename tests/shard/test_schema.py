"""The schema's limits and choices are those of the rooms that own them, which it cannot import."""

from painctl.face.demographics import GROUPS
from painctl.face.grooming import CUTS, GARMENTS
from painctl.pain.action_units import ACTION_UNITS, HIGHEST, MAX_PSPI
from painctl.records import SPLITS
from painctl.shard.schema import BYTES, TABLES


def test_choices_agree_with_their_rooms():
    identities = TABLES["identities"]
    choices = {**GROUPS, "haircut": CUTS, "garment": GARMENTS}
    assert {name: identities.column(name).choices for name in choices} == choices


def test_limits_agree_with_their_rooms():
    expressions = TABLES["expressions"]
    assert [expressions.column(name).limits for name in ACTION_UNITS] == [(0, high) for high in HIGHEST]
    assert expressions.column("PSPI").limits == (0, MAX_PSPI)
    assert TABLES["split"].column("split").limits == (0, len(SPLITS) - 1)


def test_limits_and_choices_are_in_the_manual():
    for table in TABLES.values():
        for column in table.columns:
            assert column.interval in column.storage
            assert all(choice in column.meaning for choice in column.choices)
            assert not (column.dtype == BYTES and (column.interval or column.choices))
