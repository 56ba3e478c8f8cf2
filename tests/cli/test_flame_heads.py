"""The command sample-ids --model flame."""

import json
import shutil

import h5py
import numpy as np
import pytest


@pytest.fixture
def model(flame_file, tmp_path):
    """The model and its template in the working folder of the commands."""
    for source in (flame_file, flame_file.with_name("head_template.obj")):
        (tmp_path / source.name).symlink_to(source)
    return flame_file.name


@pytest.fixture
def flame_sh(sh, flame, flame_cache):
    """Run a shell line with the cache in which the model has been prepared."""
    return lambda line, **env: sh(line, env={"PAINCTL_CACHE": str(flame_cache), **env})


def test_heads_are_drawn_and_their_licence_reported(flame_sh, model, tmp_path, flame):
    done = flame_sh(f"painctl sample-ids -n 2 --seed 5 --model flame --flame {model} -o ids.h5")
    assert (done.returncode, done.stdout) == (0, b"ids.h5\n")
    assert done.stderr.decode().splitlines() == [
        f"painctl sample-ids: {model}: these heads and all pictures of them are licensed under {flame.licence}"
    ]
    with h5py.File(tmp_path / "ids.h5") as file:
        (step,) = json.loads(file.attrs["history"])
        assert step["head"] == flame.name
        assert "non-commercial" in step["licence"]
        assert (step["truncation"], step["actions"]) == (2.0, flame.facts["actions"])
        betas = file["identities/coefficients"][:]
        vertices = file["meshes/vertices"][:]
        assert betas.shape == (2, 300)
        np.testing.assert_array_equal(vertices, [flame.neutral(row) for row in betas])
    rerun = flame_sh(f"painctl sample-ids -n 2 --seed 5 --model flame --flame {model} -o ids.h5")
    assert rerun.returncode == 0
    anny = flame_sh("painctl sample-ids -n 2 --seed 5 -o ids.h5")
    assert anny.returncode != 0


def test_the_environment_names_the_model(flame_sh, model, tmp_path):
    done = flame_sh("painctl sample-ids -n 1 --model flame -o a.h5", PAINCTL_FLAME=model)
    assert done.returncode == 0
    flame_sh(f"painctl sample-ids -n 1 --model flame --flame {model} --flame-template head_template.obj -o b.h5")
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_people_do_not_depend_on_the_shards(flame_sh, model, tmp_path):
    flame_sh(f"painctl sample-ids -n 3 --model flame --flame {model} -o all.h5")
    flame_sh(f"painctl sample-ids -n 3 --shard-size 1 --model flame --flame {model} -o parts/")
    with h5py.File(tmp_path / "all.h5") as all_people:
        for row, part in enumerate(sorted((tmp_path / "parts").iterdir())):
            with h5py.File(part) as file:
                for column in ("coefficients", "melanin", "prompt"):
                    assert file[f"identities/{column}"][0].tolist() == all_people[f"identities/{column}"][row].tolist()


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ("--model flame", 2, "--model flame needs --flame FILE or PAINCTL_FLAME: generic_model.pkl"),
        ("--flame generic_model.pkl", 2, "--flame is only used by --model flame"),
        ("--flame-template head_template.obj", 2, "--flame-template is only used by --model flame"),
        ("--model smpl", 2, "smpl"),
        ("--model flame --flame no.pkl", 1, "no.pkl: no such file"),
        ("--model flame --flame generic_model.pkl --flame-template no.obj", 1, "no.obj: no such file"),
        ("--model flame --flame generic_model.pkl --flame-template bad.obj", 1, "bad.obj: not an OBJ file"),
        ("--model flame --flame alone/generic_model.pkl", 1, "put head_template.obj beside it"),
        ("--model flame --flame bad.pkl", 1, "bad.pkl: not a FLAME model: it imports os.system"),
    ],
)
def test_invalid_options_are_rejected(flame_sh, model, tmp_path, options, code, words):
    (tmp_path / "alone").mkdir()
    shutil.copy(tmp_path / model, tmp_path / "alone")
    (tmp_path / "bad.pkl").write_bytes(b"cos\nsystem\n(S'touch ran'\ntR.")
    (tmp_path / "bad.obj").write_text("f 1 2 3\n")
    done = flame_sh(f"painctl sample-ids -n 1 {options} -o ids.h5")
    assert (done.returncode, done.stdout) == (code, b"")
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "ids.h5").exists()
    assert not (tmp_path / "ran").exists()
