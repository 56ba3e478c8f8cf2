"""Outputs that are not plain files: named pipes, devices, links, inputs under another name."""

import shutil

import pytest


@pytest.mark.parametrize("command", ["render-depth --size 64 {ids}", "sample-ids -n 1", "pack {ids}"])
@pytest.mark.parametrize(
    ("output", "kind"), [("pipe.h5", "a named pipe"), ("pipe", "a named pipe"), ("file", "a file")]
)
def test_an_output_that_is_no_file_or_folder_is_rejected_at_once(sh, chain, command, output, kind):
    line = f"mkfifo pipe.h5 pipe; touch file; painctl {command.format(ids=chain / 'ids.h5')} -o {output}"
    done = sh(line, timeout=30)
    assert done.returncode == 1
    (error,) = done.stderr.decode().splitlines()
    assert f"{output}: {kind}" in error


def test_every_command_follows_a_link(sh, chain, tmp_path):
    lines = {
        "sample-ids -n 1": "ids.h5",
        f"render-depth --size 64 {chain}/ids.h5": "depth.h5",
        f"inspect {chain}/frames.h5 --sheet": "sheet.png",
    }
    for command, name in lines.items():
        (tmp_path / name).symlink_to(f"real-{name}")
        done = sh(f"painctl {command} {'' if '--sheet' in command else '-o'} {name}")
        assert done.returncode == 0, done.stderr
        assert (tmp_path / name).is_symlink()
        assert (tmp_path / f"real-{name}").is_file()


def test_an_input_is_never_the_output(sh, chain, tmp_path):
    """Not by a link, nor by another hard link."""
    shutil.copy(chain / "frames.h5", tmp_path / "a.h5")
    (tmp_path / "link.h5").symlink_to("a.h5")
    (tmp_path / "hard.h5").hardlink_to(tmp_path / "a.h5")
    before = (tmp_path / "a.h5").read_bytes()
    for output in ("a.h5", "link.h5", "hard.h5"):
        for command in ("pack", "render-depth --size 64"):
            done = sh(f"painctl {command} a.h5 --overwrite -o {output}")
            assert done.returncode == 2
            assert f"{output}: is both input and output" in done.stderr.decode()
    (tmp_path / "a.png").write_bytes(b"x")
    done = sh(f"painctl predict a.png --model {tmp_path} --picture a.png")
    assert (done.returncode, (tmp_path / "a.png").read_bytes()) == (2, b"x")
    assert (tmp_path / "a.h5").read_bytes() == before
