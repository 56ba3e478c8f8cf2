import os
import signal
import subprocess
import sys

import pytest

from painctl.files.lock import only_writer

HOLD = """
import sys, time
from pathlib import Path
from painctl.files.lock import only_writer
with only_writer(Path(sys.argv[1])):
    if os.fork() == 0:
        time.sleep(60)
    print("locked", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """A process, with a forked child, that writes `model`."""
    process = subprocess.Popen(
        [sys.executable, "-c", f"import os{HOLD}", str(tmp_path / "model")],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout.readline() == "locked\n"
    yield process
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_the_second_writer_is_refused_and_a_killed_one_does_not_block(holder, tmp_path):
    with pytest.raises(ValueError, match=r"model: another process is writing it"), only_writer(tmp_path / "model"):
        pass
    holder.kill()  # its child lives on
    holder.wait()
    assert [path.name for path in tmp_path.iterdir()] == [".model.lock"]
    with only_writer(tmp_path / "model"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_another_target_in_the_same_folder_is_free(holder, tmp_path):
    with only_writer(tmp_path / "model-2"):
        assert (tmp_path / ".model-2.lock").exists()


def test_a_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(OSError, match="model") as caught, only_writer(tmp_path / "no/model"):
        pass
    assert caught.value.filename == str(tmp_path / "no/model")


def test_a_file_system_without_locks_refuses_nothing(tmp_path, monkeypatch):
    def unsupported(*_):
        raise OSError(38, os.strerror(38))

    monkeypatch.setattr("fcntl.lockf", unsupported)
    with only_writer(tmp_path / "model"):
        pass
    assert list(tmp_path.iterdir()) == []
