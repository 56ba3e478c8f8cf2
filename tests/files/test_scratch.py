"""Files left by a killed process are removed by the next one; those of a live process are not."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from painctl.files.scratch import (
    SharedFolder,
    _umask,
    atomic_writer,
    remove_leftovers,
    replace_folder,
    scratch_folder,
)
from painctl.files.signals import defer_signals


def killed(folder, body):
    """Run lines in a process that then kills itself."""
    imports = "import os\nfrom pathlib import Path\nfrom painctl.files.scratch import *\n"
    code = f"{imports}{body}    os.kill(os.getpid(), 9)\n"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, check=False, env={**os.environ, "TMPDIR": "."})
    assert done.returncode == -9


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_complete_with_the_usual_permissions(tmp_path):
    before = os.umask(0o027)
    try:
        with atomic_writer(tmp_path / "a") as file:
            file.write(b"one")
            assert not (tmp_path / "a").exists()
    finally:
        os.umask(before)
    assert (tmp_path / "a").read_bytes() == b"one"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640
    assert names(tmp_path) == ["a"]


def test_leftovers_of_killed_processes_are_removed_by_the_next_writer(tmp_path):
    killed(tmp_path, "with atomic_writer(Path('a')) as file:\n    file.write(b'x')\n")
    killed(tmp_path, "with scratch_folder(Path('a')) as part:\n    (part / 'x').write_bytes(b'x')\n")
    assert len(names(tmp_path)) == 2  # the second run removed what the first one left
    killed(tmp_path, "with atomic_writer(Path('other')) as file:\n")
    with atomic_writer(tmp_path / "a"):
        pass
    assert [name[:7] for name in names(tmp_path)] == [".other.", "a"]


def test_temporary_folders_of_killed_processes_are_removed_too(tmp_path, monkeypatch):
    killed(tmp_path, "with scratch_folder() as part:\n    (part / 'stdin.h5').write_bytes(b'x')\n")
    assert len(names(tmp_path)) == 2
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    with scratch_folder() as part:
        assert sorted(names(tmp_path)) == sorted([part.name, f"{part.name}.part"])
    assert names(tmp_path) == []


def test_files_in_progress_are_not_removed(tmp_path):
    with atomic_writer(tmp_path / "a") as file, scratch_folder(tmp_path / "a") as part:
        remove_leftovers(tmp_path / "a")
        assert part.is_dir()
        file.write(b"one")
    assert (tmp_path / "a").read_bytes() == b"one"


def test_other_files_are_not_removed(tmp_path):
    for name in (".a.part", ".ab.12345678.part", ".a.123.part", "a.12345678.part"):
        (tmp_path / name).touch()
    (tmp_path / "precious").touch()
    (tmp_path / ".a.abcdefgh.part").symlink_to("precious")
    before = names(tmp_path)
    remove_leftovers(tmp_path / "a")
    assert names(tmp_path) == before


def test_an_error_names_the_target_and_leaves_the_old_file(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(OSError, match=r"No space.*/a'"), atomic_writer(tmp_path / "a") as file:
        file.write(b"new")
        raise OSError(28, "No space left on device")
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_a_folder_replaces_another_which_stays_if_that_fails(tmp_path):
    target = tmp_path / "a"
    for text in ("one", "two"):
        with scratch_folder(target) as part:
            (part / "new").mkdir()
            (part / "new/file").write_text(text)
            replace_folder(target, part / "new")
    with pytest.raises(FileNotFoundError), scratch_folder(target) as part:
        replace_folder(target, part / "new")
    assert (target / "file").read_text() == "two"
    assert names(tmp_path) == ["a"]


def test_an_output_folder_stays_while_a_process_writes_into_it(tmp_path):
    with SharedFolder(tmp_path / "out") as first:
        with SharedFolder(tmp_path / "out") as second:
            assert not (tmp_path / "out").exists()
            second.enter()
            first.enter()
        assert (tmp_path / "out").is_dir()
    assert not (tmp_path / "out").exists()


def test_an_output_folder_that_existed_or_is_not_empty_stays(tmp_path):
    (tmp_path / "there").mkdir()
    for name in ("there", "made"):
        with SharedFolder(tmp_path / name) as folder:
            folder.enter()
            if name == "made":
                (tmp_path / name / "file").touch()
    assert names(tmp_path) == ["made", "there"]
    assert names(tmp_path / "made") == ["file"]
    assert names(tmp_path / "there") == []


class Stop(BaseException):
    pass


@pytest.fixture
def stopping():
    def stop(number, frame):
        raise Stop

    before = signal.signal(signal.SIGUSR1, stop)
    yield
    signal.signal(signal.SIGUSR1, before)


def test_a_signal_waits_for_a_safe_point(stopping):
    reached = []
    with pytest.raises(Stop), defer_signals() as safe:
        os.kill(os.getpid(), signal.SIGUSR1)
        reached.append("held")
        safe()
        reached.append("past")
    assert reached == ["held"]


def test_a_signal_waits_for_the_end_of_the_block(stopping):
    reached = []
    with pytest.raises(Stop):
        with defer_signals():
            os.kill(os.getpid(), signal.SIGUSR1)
            reached.append("held")
        reached.append("past")
    assert reached == ["held"]


def test_signals_can_be_deferred_in_another_thread():
    def work():
        with defer_signals() as safe:
            safe()
            done.append(1)

    done = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [1]


def test_a_file_with_the_name_of_a_scratch_folder_does_no_harm(tmp_path, monkeypatch):
    """As others may create in a shared temporary directory."""
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    candidates = iter(["aaaaaaaa", "bbbbbbbb"])
    monkeypatch.setattr("tempfile._get_candidate_names", lambda: candidates)
    (tmp_path / ".painctl.aaaaaaaa").write_text("theirs")
    with scratch_folder() as part:
        assert part == tmp_path / ".painctl.bbbbbbbb"
    assert names(tmp_path) == [".painctl.aaaaaaaa"]


def test_the_umask_is_that_of_the_process():
    before = os.umask(0o027)
    try:
        assert _umask() == 0o027
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)


def test_an_output_folder_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(OSError, match="/proc/self/task'"), SharedFolder(Path("/proc/self/task")) as folder:
        folder.enter()


def test_a_signal_during_the_cleaning_up_leaves_nothing(tmp_path, monkeypatch):
    class Stop(BaseException):
        pass

    def stop(number, frame):
        raise Stop

    def remove_and_be_interrupted(path, **options):
        os.kill(os.getpid(), signal.SIGUSR2)
        original(path, **options)

    original = shutil.rmtree
    monkeypatch.setattr("painctl.files.scratch.shutil.rmtree", remove_and_be_interrupted)
    previous = signal.signal(signal.SIGUSR2, stop)
    try:
        with pytest.raises(Stop), scratch_folder(tmp_path / "a"):
            pass
    finally:
        signal.signal(signal.SIGUSR2, previous)
    assert list(tmp_path.iterdir()) == []
