import numpy as np

from painctl.dataset.person import Person, face_name


def test_content_changes_with_every_column(make_person):
    person = make_person(0)
    assert person.content == make_person(0).content
    for table, columns in person.tables.items():
        for column, values in columns.items():
            changed = values.copy()
            if isinstance(values, np.ndarray):
                flat = changed.view(np.uint8).reshape(-1)
                flat[-1] ^= 1
            else:
                changed[-1] = changed[-1][:-1]
            assert Person({**person.tables, table: {**columns, column: changed}}).content != person.content, column


def test_a_face_is_recognised_under_another_name(make_person):
    person = make_person(0)
    renamed = Person({**person.tables, "identities": {**person.tables["identities"], "name": ["other"]}})
    assert renamed.face_digest == person.face_digest
    assert make_person(1).face_digest != person.face_digest


def test_the_neutral_of_a_frame_has_its_view(make_person):
    person = make_person(0)
    for frame, view in enumerate(person.frames["view"]):
        neutral = person.neutral(frame)
        assert person.number(neutral) == 0
        assert person.frames["view"][neutral] == view


def test_faces_are_named_as_published():
    assert [face_name(number) for number in (0, 1, 10)] == ["neutral", "pain_1", "pain_10"]
