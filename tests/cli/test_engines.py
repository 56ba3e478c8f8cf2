"""The command engines: what it reports about each engine is true."""

import json

import pytest


@pytest.fixture(scope="module")
def listed(command_server, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PAINCTL_HUNYUAN", raising=False)
        done = command_server.run(["engines", "--json"], tmp_path_factory.mktemp("engines"))
    assert (done.returncode, done.stderr) == (0, b"")
    return {(engine["stage"], engine["name"]): engine for engine in json.loads(done.stdout)}


def test_the_open_engines_work(listed):
    for stage, name in (("sample-ids", "anny"), ("render-depth, render-views", "opencv"), ("pretrain, cv", "compact")):
        assert listed[stage, name]["works"]


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_renderer_works_if_and_only_if_reported_so(painctl, listed, tmp_path, device):
    painctl("sample-ids", "-n", 1, "-o", "ids.h5")
    status = listed["render-depth, render-views", f"pytorch3d --device {device}"]
    options = ["--renderer", "pytorch3d", "--device", device, "--size", 64]
    done = painctl("render-depth", "ids.h5", *options, "-o", "depth.h5")
    assert (done.returncode == 0) is status["works"]
    if not status["works"]:
        assert status["note"].split(";")[0] in done.stderr


def test_a_missing_backbone_says_how_to_get_it(painctl, listed, dataset_file):
    status = listed["pretrain, cv", "S"]
    if status["works"]:
        pytest.skip("DINOv3 S is on this machine")
    assert "--allow-download" in status["note"]
    done = painctl("pretrain", dataset_file, "--backbone", "S", "-o", "model")
    assert (done.returncode, status["note"] in done.stderr) == (1, True)


def test_a_hunyuan3d_checkout_is_probed_and_missing_parts_are_reported(listed, standin, monkeypatch, painctl):
    assert "git clone " in listed["texture", "hunyuan3d"]["note"]
    monkeypatch.setenv("PAINCTL_HUNYUAN", str(standin.top))
    listings = [json.loads(painctl("engines", "--json").stdout)]
    (standin.folder / "custom_rasterizer_kernel.py").unlink()
    listings.append(json.loads(painctl("engines", "--json").stdout))
    working, broken = (next(e for e in engines if e["name"] == "hunyuan3d") for engines in listings)
    assert working["works"]
    assert "South Korea" in working["note"]
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
def test_missing_kandinsky_weights_say_how_to_get_them(painctl, listed, chain, stage, name, command):
    status = listed[stage, name]
    if status["works"]:
        pytest.skip("Kandinsky is on this machine")
    assert "--allow-download" in status["note"]
    done = painctl(*command[:-1], chain / command[-1], "-o", "out.h5")
    assert (done.returncode, status["note"] in done.stderr) == (1, True)


def test_the_text_output_has_a_line_per_engine(painctl, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)  # lines are not wrapped in a pipe
    done = painctl("engines")
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert all(" works" in line or " missing" in line for line in lines)
    assert any(line.startswith("texture ") for line in lines)
