import stat

import pytest

from painctl.prediction.journal import Journal, Part, identify_run
from painctl.records import UsageError

RUN = identify_run(["model", 1])


def test_what_was_written_is_resumed_part_by_part(tmp_path):
    path = tmp_path / "a.partial"
    journal = Journal(path, RUN)
    assert journal.begin() == Part()
    journal.write({"image": "a"})
    journal.end(False)
    journal.begin()
    journal.write({"image": "b"})
    journal.close()
    journal.release()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open("ab") as file:
        file.write(b'{"image": "cut o')
    again = Journal(path, RUN)
    assert again.resumed == 2
    assert [again.begin() for _ in range(3)] == [Part([{"image": "a"}], False), Part([{"image": "b"}]), Part()]
    again.write({"image": "c"})
    assert [record["image"] for record in again.records()] == ["a", "b", "c"]
    again.delete()
    assert not path.exists()


def test_a_journal_of_another_run_or_a_damaged_one_is_an_error(tmp_path):
    path = tmp_path / "a.partial"
    Journal(path, RUN).release()
    with pytest.raises(UsageError, match="of a run with other inputs, options or model; delete it"):
        Journal(path, identify_run(["model", 2]))
    path.write_bytes(path.read_bytes() + b"[1]\n")
    with pytest.raises(ValueError, match="damaged; delete it"):
        Journal(path, RUN)


def test_a_header_that_was_cut_off_begins_again(tmp_path):
    path = tmp_path / "a.partial"
    path.write_bytes(b'{"painctl_pre')
    journal = Journal(path, RUN)
    journal.begin()
    journal.write({"image": "a"})
    assert [record["image"] for record in journal.records()] == ["a"]
