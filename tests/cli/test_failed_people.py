"""A stage fails for one person of two: the messages and the exit code."""

import pytest

from painctl.shard.reader import Shard
from painctl.shard.schema import TABLES
from painctl.shard.writer import ShardWriter


@pytest.fixture
def half(chain, tmp_path):
    """A shard with one person twice, of which the second portrait is invalid."""
    return with_invalid_portraits(chain, tmp_path / "half.h5", [1])


@pytest.fixture
def all_invalid(chain, tmp_path):
    """A shard with one person twice, of which both portraits are invalid."""
    return with_invalid_portraits(chain, tmp_path / "nobody.h5", [0, 1])


def with_invalid_portraits(chain, path, invalid):
    with Shard(chain / "portraits.h5") as shard, ShardWriter(path, shard.attributes) as out:
        out.copy(shard, "topology")
        for number in range(2):
            for table in ("identities", "meshes", "depth", "portraits"):
                row = {column.name: shard.read(table, column.name, slice(0, 1)) for column in TABLES[table].columns}
                if table == "identities":
                    row |= {"name": [f"s3-0000{number}"], "identity": [number]}
                if table == "portraits" and number in invalid:
                    row["image"] = [b"no picture"]
                out.append(table, row)
    return path


BAKE = "painctl texture --engine bake --size 128"


def test_a_failed_person_is_reported_with_the_command_that_retries(sh, half):
    done = sh(f"{BAKE} half.h5 -o made.h5")
    assert done.returncode == 3
    assert done.stdout == b"made.h5\n"
    first, second = done.stderr.decode().splitlines()
    assert first.startswith("painctl texture: half.h5: s3-00001: ")
    assert second == (
        "painctl texture: 1 person failed and is listed in the shard's failures table; to retry: "
        f"{BAKE} half.h5 -o made.h5 --retry-failed"
    )
    with Shard(half.parent / "made.h5") as shard:
        assert (shard.rows("identities"), shard.rows("textures"), shard.rows("failures")) == (1, 1, 1)


def test_done_skipped_and_failed_add_up_to_the_number_requested(sh, half, chain, tmp_path):
    (tmp_path / "bad.h5").write_text("no")
    sh(f"{BAKE} {chain}/portraits.h5 -o out")
    done = sh(f"{BAKE} half.h5 bad.h5 {chain}/portraits.h5 -o out")
    assert done.returncode == 3
    assert b"1 done, 1 skipped, 1 failed of 3" in done.stderr
    assert done.stdout == b"out/half.h5\nout/portraits.h5\n"


def test_failed_people_are_reported_again_by_a_rerun(sh, half):
    first = sh(f"{BAKE} half.h5 -o made.h5")
    rerun = sh(f"{BAKE} half.h5 -o made.h5")
    retried = sh(f"{BAKE} half.h5 -o made.h5 --retry-failed")
    assert [done.returncode for done in (first, rerun, retried)] == [3, 3, 3]
    assert b"1 skipped" in rerun.stderr
    assert b"s3-00001: " in retried.stderr
    assert retried.stderr.count(b"--retry-failed") == 1


def test_a_failed_person_is_reported_in_a_pipe_too(sh, half):
    done = sh(f"{BAKE} < half.h5 > made.h5")
    assert done.returncode == 3
    assert b"stdin: s3-00001: " in done.stderr
    assert b"1 person failed and is listed" in done.stderr
    with Shard(half.parent / "made.h5") as shard:
        assert shard.rows("textures") == 1


@pytest.mark.parametrize("line", ["< half.h5", "half.h5 -o made.h5 --overwrite"])
def test_retry_needs_existing_outputs(sh, half, line):
    done = sh(f"{BAKE} --retry-failed {line}")
    assert done.returncode == 2
    assert b"--retry-failed" in done.stderr


def test_the_command_that_retries_names_shards_whose_paths_came_in_on_stdin(sh, half):
    done = sh(f"echo half.h5 | {BAKE} -o out")
    rerun = f"{BAKE} -o out --retry-failed half.h5"
    assert done.stderr.decode().splitlines()[-1].endswith(f"to retry: {rerun}")
    retried = sh(rerun)
    assert (retried.returncode, retried.stdout) == (3, b"out/half.h5\n")
    assert retried.stderr.startswith(b"painctl texture: half.h5: s3-00001: ")
    assert rerun.encode() in sh(f"echo half.h5 | {BAKE} - --task 0/1 -o out").stderr
    done = sh(f"{BAKE} -o made.h5 < half.h5")
    assert done.stderr.decode().splitlines()[-1].endswith(f"{BAKE} -o made.h5 --retry-failed < the same shard")


def test_all_failed_people_are_reported_if_none_is_left(sh, all_invalid, chain):
    """Each with shard, name and reason. The shard is not written, but the others are."""
    messages = [f"painctl texture: nobody.h5: s3-0000{number}: not a readable picture" for number in range(2)]
    done = sh(f"{BAKE} nobody.h5 -o made.h5")
    assert (done.returncode, done.stdout) == (1, b"")
    for line, start in zip(done.stderr.decode().splitlines(), messages, strict=True):
        assert line.startswith(start)
    done = sh(f"{BAKE} nobody.h5 {chain}/portraits.h5 -o out")
    assert (done.returncode, done.stdout) == (3, b"out/portraits.h5\n")
    assert [
        line[: len(start)] for line, start in zip(done.stderr.decode().splitlines(), messages, strict=False)
    ] == messages
    assert b"1 done, 0 skipped, 1 failed of 2" in done.stderr
    assert sh(f"{BAKE} < nobody.h5").returncode == 1


def test_jobs_change_neither_bytes_nor_messages(sh, half, all_invalid):
    alone, shared = (sh(f"{BAKE} {jobs} half.h5 -o made{jobs[-1:]}.h5") for jobs in ("-j 1", "-j 2"))
    assert shared.returncode == alone.returncode == 3
    assert shared.stderr.replace(b"2", b"1") == alone.stderr.replace(b"2", b"1")
    assert (half.parent / "made2.h5").read_bytes() == (half.parent / "made1.h5").read_bytes()
    alone, shared = (sh(f"{BAKE} {jobs} nobody.h5 -o nothing.h5") for jobs in ("-j 1", "-j 2"))
    assert (shared.returncode, shared.stdout) == (alone.returncode, alone.stdout)
    assert shared.stderr.replace(b"2", b"1") == alone.stderr.replace(b"2", b"1")
    assert b"Traceback" in sh(f"{BAKE} -j 2 --debug half.h5 -o debugged.h5").stderr
