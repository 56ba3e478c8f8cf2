"""painctl engines, as it is typed: what it says of an engine is so."""

import json

import pytest


@pytest.fixture(scope="module")
def listed(typed, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PAINCTL_HUNYUAN", raising=False)
        done = typed.run(["engines", "--json"], tmp_path_factory.mktemp("engines"))
    assert (done.returncode, done.stderr) == (0, b"")
    return {(engine["stage"], engine["name"]): engine for engine in json.loads(done.stdout)}


def test_the_open_engines_work(listed):
    for stage, name in (("sample-ids", "anny"), ("render-depth, render-views", "opencv"), ("pretrain, cv", "compact")):
        assert listed[stage, name]["works"]


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_renderer_works_if_and_only_if_it_is_said_to(painctl, listed, tmp_path, device):
    painctl("sample-ids", "-n", 1, "-o", "ids.h5")
    said = listed["render-depth, render-views", f"pytorch3d --device {device}"]
    options = ["--renderer", "pytorch3d", "--device", device, "--size", 64]
    done = painctl("render-depth", "ids.h5", *options, "-o", "depth.h5")
    assert (done.returncode == 0) is said["works"]
    if not said["works"]:
        assert said["note"].split(";")[0] in done.stderr


def test_a_backbone_that_is_not_here_says_how_to_get_it(painctl, listed, dataset_file):
    said = listed["pretrain, cv", "S"]
    if said["works"]:
        pytest.skip("DINOv3 S is on this machine")
    assert "--allow-download" in said["note"]
    done = painctl("pretrain", dataset_file, "--backbone", "S", "-o", "model")
    assert (done.returncode, said["note"] in done.stderr) == (1, True)


def test_a_checkout_of_hunyuan3d_is_tried_and_what_it_lacks_is_told(listed, standin, monkeypatch, painctl):
    assert "git clone " in listed["texture", "hunyuan3d"]["note"]
    monkeypatch.setenv("PAINCTL_HUNYUAN", str(standin.top))
    found = [json.loads(painctl("engines", "--json").stdout)]
    (standin.folder / "custom_rasterizer_kernel.py").unlink()
    found.append(json.loads(painctl("engines", "--json").stdout))
    there, broken = (next(engine for engine in all_ if engine["name"] == "hunyuan3d") for all_ in found)
    assert there["works"]
    assert "South Korea" in there["note"]
    assert not broken["works"]
    assert "its rasteriser is not built" in broken["note"]
    assert standin.log == []


@pytest.mark.parametrize(
    ("stage", "name", "command"),
    [
        ("synth-neutral", "kandinsky", ("synth-neutral", "--engine", "kandinsky", "depth.h5")),
        ("render-views", "--inpaint kandinsky", ("render-views", "--inpaint", "kandinsky", "faces.h5")),
    ],
)
def test_kandinsky_that_is_not_here_says_how_to_get_it(painctl, listed, chain, stage, name, command):
    said = listed[stage, name]
    if said["works"]:
        pytest.skip("Kandinsky is on this machine")
    assert "--allow-download" in said["note"]
    done = painctl(*command[:-1], chain / command[-1], "-o", "out.h5")
    assert (done.returncode, said["note"] in done.stderr) == (1, True)


def test_lines_are_for_people(painctl):
    done = painctl("engines")
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert all(" works" in line or " missing" in line for line in lines)
    assert any(line.startswith("texture ") for line in lines)
