"""Invalid input in every place: one line, the right exit code, no traceback, no files left behind."""

import os

import h5py
import pytest

from painctl.cli.errors import print_line
from painctl.records import FAILED, USAGE
from painctl.shard.seal import seal


def rejected(done, code, *words):
    """Check that a command failed with this exit code and one line that contains these words."""
    text = done.stderr.decode()
    assert done.returncode == code, text
    assert "Traceback" not in text
    lines = [line for line in text.splitlines() if line]
    assert len(lines) == 1, text
    assert lines[0].startswith("painctl")
    for word in words:
        assert word in lines[0], text


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("painctl render-depth nowhere.h5 -o out.h5", FAILED, ["nowhere.h5", "no such file"]),
        ("painctl render-depth . -o out.h5", FAILED, [".: is a directory", "*.h5"]),
        ("painctl render-depth text.h5 -o out.h5", FAILED, ["text.h5: not a shard"]),
        ("painctl render-depth elsewhere.h5 -o out.h5", FAILED, ["elsewhere.h5: no seal"]),
        ("painctl render-depth newer.h5 -o out.h5", FAILED, ["newer.h5: format 99 is newer"]),
        ("painctl render-depth cut.h5 -o out.h5", FAILED, ["cut.h5: no seal at its end"]),
        ("painctl render-depth flipped.h5 -o out.h5", FAILED, ["flipped.h5: meshes/vertices is damaged"]),
        ("painctl render-views ids.h5 -o out.h5", FAILED, ["ids.h5: no textures; run `painctl texture`"]),
        ("painctl texture --engine bake ids.h5 -o out.h5", FAILED, ["no portraits", "synth-neutral"]),
        ("painctl render-depth ids.h5 -o ids.h5", USAGE, ["ids.h5: is both input and output"]),
        ("painctl render-depth < /dev/null", FAILED, ["stdin is empty"]),
        ("painctl render-depth -o out.h5 < /dev/null", FAILED, ["stdin is empty"]),
        (
            "painctl render-depth ids.h5 frames.h5 -o out.h5",
            USAGE,
            ["ids.h5 and frames.h5 would both be written to out.h5"],
        ),
        ("head -c 9 ids.h5 | painctl render-depth -o out.h5", FAILED, ["render-depth: stdin: "]),
        ("painctl rig --pspi 4,x ids.h5 -o out.h5", USAGE, ["--pspi 4,x", "such as 4,8,12"]),
        ("painctl rig --pspi 4,8 -k 5 ids.h5 -o out.h5", USAGE, ["--pspi 4,8", "--expressions has no effect"]),
        ("painctl inspect ids.h5 >&-", USAGE, ["stdout is closed"]),
        ("painctl rig --pspi 4 --au AU4=2 ids.h5 -o out.h5", USAGE, ["--au", "--pspi", "leave one out"]),
        ("painctl inspect --gallery ids.h5", USAGE, ["--gallery", "--sheet"]),
        ("painctl predict . --neutral text.h5 --model .", FAILED, [".: no pictures in this folder"]),
        (
            "painctl render-depth ids.h5 -o nowhere/out.h5",
            FAILED,
            ["nowhere/out.h5: no folder nowhere; `mkdir -p nowhere`"],
        ),
        ("painctl render-depth ids.h5 -o text.h5/out.h5", FAILED, ["text.h5/out.h5: not a directory"]),
        ("echo hello | painctl render-depth -o out.h5", FAILED, ["hello", "no such file"]),
        ("head -c 3000 ids.h5 | painctl render-depth -o out.h5", FAILED, ["no seal"]),
        ("painctl render-depth --size 7 ids.h5", USAGE, ["--size", "64"]),
        ("painctl render-depth --task 4/4 ids.h5 -o out.h5", USAGE, ["--task 4/4", "0 to N-1"]),
        ("painctl sample-ids", USAGE, ["--number"]),
        ("painctl sample-ids -n 0", USAGE, ["--number"]),
        ("painctl sample-ids -n 4 --shard-size 2", USAGE, ["--shard-size needs -o DIR"]),
        ("painctl sample-ids -n 4 --demographics nobody.json -o out.h5", FAILED, ["nobody.json"]),
        ("painctl sample-ids -n 4 --demographics text.h5 -o out.h5", FAILED, ["text.h5: not valid JSON"]),
        ("painctl rig --pspi 9:3 ids.h5 -o out.h5", USAGE, ["--pspi 9:3"]),
        ("painctl rig --pspi 17 ids.h5 -o out.h5", USAGE, ["--pspi 17"]),
        ("painctl rig --au AU5=1 ids.h5 -o out.h5", USAGE, ["AU5", "AU4, AU6"]),
        ("painctl rig --au AU4=9 ids.h5 -o out.h5", USAGE, ["AU4=9", "0 to 5"]),
        ("painctl rig --pspi-weights 1,2 ids.h5 -o out.h5", USAGE, ["--pspi-weights", "17 scores"]),
        ("painctl render-views --yaw north ids.h5 -o out.h5", USAGE, ["--yaw north"]),
        ("painctl render-views --yaw 0,20 --views 3 ids.h5 -o out.h5", USAGE, ["--views 3"]),
        ("painctl render-views --pitch 1,2 ids.h5 -o out.h5", USAGE, ["--pitch"]),
        ("painctl render-views --yaw 181 ids.h5 -o out.h5", USAGE, ["--yaw 181", "between -180 and 180 degrees"]),
        ("painctl render-views --pitch 91 ids.h5 -o out.h5", USAGE, ["--pitch 91", "between -90 and 90 degrees"]),
        ("painctl render-views --camera sepia ids.h5 -o out.h5", USAGE, ["--camera sepia", "flash, side, backlight"]),
        ("painctl render-views --camera side,flash ids.h5 -o out.h5", USAGE, ["side and flash both rule the light"]),
        ("painctl render-views --camera grey --inpaint kandinsky ids.h5 -o out.h5", USAGE, ["--camera", "--inpaint"]),
        ("painctl render-views --backgrounds no ids.h5 -o out.h5", FAILED, ["no: no such file"]),
        ("painctl render-views --backgrounds text.h5 ids.h5 -o out.h5", FAILED, ["text.h5: not a directory"]),
        ("painctl render-views --backgrounds . ids.h5 -o out.h5", FAILED, [".: no pictures", ".png"]),
        ("painctl pack ids.h5 -o out.h5", FAILED, ["ids.h5: no expressions"]),
        (
            "painctl pretrain ids.h5 -o out",
            FAILED,
            ["ids.h5: a shard of `painctl sample-ids`, not a dataset", "painctl pack"],
        ),
        (
            "painctl cv frames.h5 -o out.csv",
            FAILED,
            ["frames.h5: a shard of `painctl render-views`, not a dataset", "painctl pack"],
        ),
        ("painctl predict a.png --neutral b.png --model .", FAILED, ["a.png", "no such file"]),
        ("painctl predict text.h5 --neutral text.h5 --model .", FAILED, ["text.h5"]),
        ("painctl inspect text.h5", FAILED, ["text.h5: not a shard"]),
        ("painctl nonsense", USAGE, ["nonsense", "painctl --help lists the commands"]),
        ("painctl sample-idss", USAGE, ["Did you mean 'sample-ids'?"]),
        ("painctl rig --nonsense", USAGE, ["--nonsense"]),
        ("painctl sample-ids -n 1 -o /proc/nowhere/out", FAILED, ["/proc/nowhere"]),
        ("painctl render-depth ids.h5 > /dev/full", FAILED, ["no space left"]),
    ],
)
def test_invalid_input_is_reported_in_one_line(sh, chain, tmp_path, line, code, words):
    intact = (chain / "ids.h5").read_bytes()
    (tmp_path / "ids.h5").write_bytes(intact)
    (tmp_path / "frames.h5").write_bytes((chain / "frames.h5").read_bytes())
    (tmp_path / "text.h5").write_text("hello")
    (tmp_path / "cut.h5").write_bytes(intact[: len(intact) // 2])
    with h5py.File(tmp_path / "elsewhere.h5", "w") as file:
        file["x"] = [1]
    with h5py.File(tmp_path / "ids.h5") as file:
        middle = file["meshes/vertices"].id.get_offset() + 99
    (tmp_path / "flipped.h5").write_bytes(intact[:middle] + bytes([intact[middle] ^ 1]) + intact[middle + 1 :])
    newer = tmp_path / "newer.h5"
    newer.write_bytes(intact)
    with h5py.File(newer, "r+") as file:
        file.attrs.modify("format_version", 99)
    with newer.open("r+b") as file:
        seal(file, [])
    before = sorted(tmp_path.rglob("*"))
    rejected(sh(line), code, *words)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_packed_dataset_is_not_a_shard_to_process(sh, dataset_file):
    rejected(sh(f"painctl rig {dataset_file} -o out.h5"), FAILED, "a packed dataset has no meshes; give the shard")


def test_two_inputs_of_the_same_name_are_rejected(sh, chain, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/ids.h5").write_bytes((chain / "ids.h5").read_bytes())
    done = sh(f"painctl render-depth --size 64 {chain}/ids.h5 a/ids.h5 -o out")
    assert done.returncode == USAGE
    assert b"would both be written to out/ids.h5" in done.stderr


def test_inputs_of_the_same_name_are_rejected_even_in_different_tasks(sh, chain, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/ids.h5").write_bytes((chain / "ids.h5").read_bytes())
    for output in ("out", "out.h5"):
        done = sh(f"painctl render-depth --size 64 {chain}/ids.h5 a/ids.h5 -o {output} --task 0/2")
        assert done.returncode == USAGE
        assert b"would both be written to out" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_debug_shows_the_traceback(sh):
    done = sh("painctl render-depth nowhere.h5 -o out.h5 --debug")
    assert b"Traceback" in done.stderr
    assert done.returncode == FAILED


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_named(sh, chain, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    rejected(sh(f"painctl render-depth {chain}/ids.h5 -o locked/out.h5"), FAILED, "permission denied")


def test_a_closed_stderr_changes_nothing(sh, chain):
    done = sh(f"painctl render-depth --size 64 {chain}/ids.h5 2>&- | painctl inspect --json")
    assert done.returncode == 0
    assert b'"depth": 1' in done.stdout


def test_a_closed_stdout_is_reported(sh, chain):
    rejected(sh(f"painctl render-depth --size 64 {chain}/ids.h5 >&-"), USAGE, "stdout is closed")


def test_a_closed_pipe_ends_the_command_quietly(sh, chain):
    done = sh(f"(painctl render-depth --size 64 {chain}/ids.h5; echo $? > code) | true; cat code")
    assert done.stdout.split() == [b"141"]
    assert done.stderr == b""


def test_without_a_subcommand_the_usage_is_printed(sh):
    done = sh("painctl")
    assert (done.returncode, done.stdout) == (USAGE, b"")
    assert done.stderr.startswith(b"Usage: painctl")


def test_inspect_names_the_sheet_and_piped_input(sh, chain):
    text = sh(f"painctl inspect --sheet sheet.png < {chain}/depth.h5").stdout.decode()
    assert [line.split() for line in text.splitlines()[:2]] == [["path", "stdin"], ["sheet", "sheet.png"]]


def test_a_message_is_one_line_without_control_characters_whatever_it_quotes(capsys):
    print_line("a\x1b[31m\n\udce9\\b \u202e")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(r": a\x1b[31m\x0a\xe9\b \xe2\x80\xae")
