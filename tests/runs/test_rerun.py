import pytest

from painctl.records import UsageError
from painctl.runs.rerun import require_same_training, say_where_saved


class Lines(list):
    def say(self, text):
        self.append(text)


def test_only_a_signal_says_where_the_state_is(tmp_path):
    state, printed = tmp_path / "a.partial", Lines()
    for stop in (ValueError, KeyboardInterrupt):
        with pytest.raises(stop), say_where_saved(state, printed):
            raise stop
    assert printed == []
    state.touch()
    with pytest.raises(ValueError), say_where_saved(state, printed):  # noqa: PT011 (raised here)
        raise ValueError
    assert printed == []
    with pytest.raises(KeyboardInterrupt), say_where_saved(state, printed):
        raise KeyboardInterrupt
    assert printed == [f"training saved in {state}; rerun the same command to resume"]


def test_another_training_or_another_file_is_rejected(tmp_path):
    def broken():
        raise ValueError("no record")

    require_same_training(tmp_path, "a rig", lambda: {"seed": 1, "sizes": [8]}, {"seed": 1, "sizes": (8,)})
    with pytest.raises(UsageError, match=r"already exists, trained with seed 1 \(now 2\); use another -o"):
        require_same_training(tmp_path, "a rig", lambda: {"seed": 1}, {"seed": 2})
    with pytest.raises(UsageError, match=r"already exists, and is not a rig \(no record\); use another -o"):
        require_same_training(tmp_path, "a rig", broken, {"seed": 2})
