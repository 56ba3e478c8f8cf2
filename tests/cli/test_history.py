"""inspect --history: the printed script makes the same bytes, and runs nothing but painctl."""

import json
import subprocess

import pytest

from painctl.cli.history import NoScript, script

# a person's shard through every stage with an open engine, each with options of its own
PIPELINE = (
    "painctl sample-ids -n 2 --seed 5 --demographics 3dpain | painctl render-depth --size 256 | "
    "painctl synth-neutral | painctl texture --size 128 | "
    "painctl rig --pspi 6 -k 1 --other smile=0.5,speech-ah+worried | "
    "painctl render-views --yaw=-20.5 --pitch=3 --roll=5 --size 64 --format png --camera grey --occluders glasses | "
    "painctl pack --split 1,1,0 --keep textures"
)


def test_the_script_of_a_dataset_makes_its_bytes_again(sh, tmp_path):
    done = sh(f"{PIPELINE} > first.h5 && painctl inspect first.h5 --history sh > again.sh && sh again.sh > second.h5")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "first.h5").read_bytes() == (tmp_path / "second.h5").read_bytes()
    assert "--other=smile=0.5,speech-ah=1.0+worried=1.0" in (tmp_path / "again.sh").read_text()
    done = sh("painctl inspect first.h5 --history json")
    assert [step["stage"] for step in json.loads(done.stdout)][-1] == "pack"


IDS = {"stage": "sample-ids", "version": "0.1.0", "number": 1, "seed": 0, "demographics": "balanced", "head": "anny"}


def run(text, folder):
    """Run a script with a painctl that prints its arguments, one per line."""
    program = folder / "painctl"
    program.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    program.chmod(0o755)
    return subprocess.run(["sh"], input=text, cwd=folder, env={"PATH": f"{folder}:/bin:/usr/bin"}, **TEXT)


TEXT = {"capture_output": True, "text": True}


@pytest.mark.parametrize(
    "text", ["$(touch made)", "`touch made`", "'; touch made; '", '"; touch made', "a\ntouch made"]
)
def test_nothing_that_a_history_says_is_run(tmp_path, text):
    painting = {"stage": "synth-neutral", "version": f"0.1\ntouch made {text}", "engine": "kandinsky"}
    done = run(script([{**painting, "negative_prompt": text}], 1), tmp_path)
    assert done.stdout == f"synth-neutral\n--engine=kandinsky\n--negative-prompt={text}\n"
    missing = {"stage": "render-views", "yaw": [0], "pitch": [0], "jitter": 0, "size": 64, "format": "png"}
    missing |= {"renderer": "opencv", "occluders": [], "backgrounds": [text, "} touch made"]}
    done = run(script([missing], 1), tmp_path)
    assert done.returncode == 2
    assert "BACKGROUNDS: the folder of the pictures" in done.stderr
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        ([], "holds no history"),
        ([{"stage": "rm -rf /"}], "a step that this version does not have, rm -rf /"),
        ([{"stage": "rig", "engine": "blendshapes"}], "holds a step rig that is not one of this version"),
        ([{**IDS, "varied": {"seed": [1, 2]}}], "sample-ids had different values of seed; no single pipeline makes it"),
        ([{**IDS, "demographics": "\x1b]0;x"}], "which is not plain text"),
        ([{**IDS, "demographics": {"gender": 3}, "seed": "\0"}], "which is not plain text"),
    ],
)
def test_what_no_script_can_make_is_named(history, reason):
    with pytest.raises(NoScript) as raised:
        script(history, 1)
    assert reason in str(raised.value)


def test_files_of_the_user_are_variables_that_the_script_asks_for(tmp_path):
    text = script([{**IDS, "demographics": {"gender": {"man": 1}}, "head": "flame-2023/0123"}], 1)
    done = run(text, tmp_path)
    assert done.returncode == 2
    assert "FLAME: the model file of flame-2023/0123" in done.stderr
