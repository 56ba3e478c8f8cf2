"""The command texture --engine hunyuan3d, from portraits to the card of a dataset."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import made_steps
import numpy as np
import pytest
from made_hunyuan import Standin, surface

from painctl.appearance.hunyuan.licence import LICENCE
from painctl.appearance.texels import texels
from painctl.images.encode import decode
from painctl.images.srgb import to_linear
from painctl.shard.reader import Shard
from painctl.shard.tables import read_topology

BIN, SIZE = Path(sys.executable).parent, 256


@pytest.fixture(scope="session")
def pair(head, tmp_path_factory):
    """A shard of small portraits of two people."""
    folder = tmp_path_factory.mktemp("pair")
    made_steps.write_ids(2, 5, folder / "ids.h5")
    return made_steps.chain(folder / "ids.h5", made_steps.depth(), made_steps.portraits())


def command(standin, pair, size=SIZE):
    """The command line, without the output."""
    return f"painctl texture --engine hunyuan3d --accept-licence --hunyuan {standin.top} --size {size} {pair}"


@pytest.fixture
def line(standin, pair):
    return command(standin, pair, size=128)


@pytest.fixture(scope="module")
def painted(pair, tmp_path_factory):
    """(stand-in, run, folder): two people textured by the stand-in in out.h5, and procedurally in procedural.h5."""
    folder, standin = tmp_path_factory.mktemp("painted"), Standin(tmp_path_factory.mktemp("once"))
    (folder / "scratch").mkdir()
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "TMPDIR": str(folder / "scratch")}
    lines = f"{command(standin, pair)} -o out.h5 && painctl texture --size {SIZE} {pair} -o procedural.h5"
    done = subprocess.run(["bash", "-c", lines], cwd=folder, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return standin, done, folder


@pytest.fixture
def scratch(tmp_path):
    """A temporary folder for the command, and the environment that names it."""
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch", {"TMPDIR": str(tmp_path / "scratch")}


def maps(path, row):
    """(maps, topology, vertices) of a person."""
    with Shard(path) as shard:
        names = ("albedo", "normal", "roughness")
        pictures = {name: decode(shard.read("textures", name, row)) for name in names}
        return pictures, read_topology(shard), shard.read("meshes", "vertices", row)


def test_two_people_are_painted_by_one_process_that_leaves_no_files(painted):
    standin, done, folder = painted
    assert done.stdout == b"out.h5\nprocedural.h5\n"
    licence, loading, loaded = done.stderr.decode().splitlines()
    assert licence == f"painctl texture: {LICENCE}"
    assert loading.startswith("painctl texture: loading Hunyuan3D-Paint from ")
    assert loaded.startswith("painctl texture: loaded in ")
    assert [entry.split()[0] for entry in standin.log if entry[0] in "lp"] == ["loaded", "painting", "painting"]
    assert not list((folder / "scratch").iterdir())


@pytest.mark.parametrize("row", [0, 1])
def test_the_painted_maps_are_transferred_to_the_uvs_of_the_head(painted, row):
    """Up to JPEG errors in charts of 14 texels; test_transfer tests the transfer by itself."""
    got, topology, vertices = maps(painted[2] / "out.h5", row)
    procedural, *_ = maps(painted[2] / "procedural.h5", row)
    layout = texels(topology, SIZE)
    expected = surface(layout.interpolate(vertices))
    region = {name: layout.interpolate(topology.region(name)) for name in topology.region_names}
    inner = sum(region[name] for name in ("eyes", "mouth_inside", "tongue", "sockets"))
    skin = (inner == 0) & (region["face"] > 0.9)
    truth = ((expected[:, :3] + 0.055) / 1.055) ** 2.4 * (1 - expected[:, 3:4])
    error = (to_linear(layout.gather(got["albedo"])) - truth)[skin]
    rough = (layout.gather(got["roughness"]) / 255 - expected[:, 4])[skin]
    for values, mean, most in ((error, 0.01, 0.06), (rough, 0.005, 0.03)):
        assert np.abs(values).mean() < mean
        assert np.percentile(np.abs(values), 99) < most
        assert abs(values.mean()) < 0.004  # 8 bits are cut off, not rounded
    for name in ("albedo", "roughness"):
        kept = np.abs(layout.gather(got[name]).astype(int) - layout.gather(procedural[name]))[inner >= 1]
        assert kept.max() <= 1
    np.testing.assert_array_equal(got["normal"], procedural["normal"])


def test_the_portrait_is_passed_with_a_transparent_background(painted, pair):
    with Shard(pair) as shard:
        masks = [decode(shard.read("portraits", "mask", row)) for row in range(2)]
    given = [entry for entry in painted[0].log if entry[0] == "("]
    assert given == [f"(64, 64, 4) {(mask == 0).mean():.2f}" for mask in masks]


def test_a_pipe_gives_the_same_bytes(sh, painted, standin, pair):
    assert sh(f"cat {pair} | {command(standin, '')} > again.h5 && cmp again.h5 {painted[2]}/out.h5").returncode == 0


def test_the_pipeline_is_loaded_once_for_all_shards_and_not_for_finished_ones(sh, line, pair, standin):
    more = f"cp {pair} more.h5; {line} more.h5 -o out"
    assert sh(more).returncode == 0
    assert sum(entry[0] == "l" for entry in standin.log) == 1
    assert b"2 skipped" in sh(more).stderr
    assert len(standin.log) == 1 + 2 * 4


def test_a_failed_person_is_listed_and_retried(sh, line, standin, tmp_path):
    standin.behave(**{"0": "crash"})
    done = sh(f"{line} -o out.h5")
    assert done.returncode == 3
    reason = "s5-00000: Hunyuan3D-Paint was killed by SIGKILL; the machine may be short of memory"
    assert reason in done.stderr.decode()
    with Shard(tmp_path / "out.h5") as shard:
        assert (shard.rows("textures"), shard.rows("failures")) == (1, 1)
        assert shard.read("failures", "reason", 0) in reason
    retried = sh(f"{line} -o out.h5 --retry-failed")
    assert retried.returncode == 0
    with Shard(tmp_path / "out.h5") as shard:
        assert (shard.rows("textures"), "failures" in shard.tables) == (2, False)


def test_an_error_of_the_checkout_ends_the_run_in_one_line(sh, line, pair, standin):
    (standin.folder / "custom_rasterizer_kernel.py").unlink()
    done = sh(f"cp {pair} more.h5; {line} more.h5 -o out; code=$?; ls; exit $code")
    assert (done.returncode, done.stdout) == (1, b"more.h5\n")
    _licence, _loading, reason = done.stderr.decode().splitlines()
    assert "its rasteriser is not built: in hy3dpaint/custom_rasterizer" in reason
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_signal_stops_the_pipeline_too(line, standin, scratch, tmp_path, number):
    standin.behave(**{"0": "hang"})
    words = [sys.executable, "-m", *line.split(), "-o", "out.h5"]
    running = subprocess.Popen(words, cwd=tmp_path, env={**os.environ, **scratch[1]}, stderr=subprocess.PIPE)
    until(lambda: len(standin.pids) == 2)
    running.send_signal(number)
    _, messages = running.communicate(timeout=60)
    until(lambda: not any(runs(pid) for pid in standin.pids))
    if number == signal.SIGKILL:
        return
    assert running.returncode == 128 + number
    assert messages.decode().endswith("stopped; every output is complete or absent\n")
    assert not list(scratch[0].iterdir())
    assert not (tmp_path / "out.h5").exists()


def until(is_met):
    for _ in range(400):
        if is_met():
            return
        time.sleep(0.05)
    raise AssertionError("the condition was not met within 20 s")


def runs(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_licence_must_be_accepted(sh, line, standin):
    done = sh(line.replace("--accept-licence", "") + " -o out.h5")
    assert done.returncode == 2
    assert done.stderr.decode() == (
        f"painctl texture: {LICENCE}. If your use is permitted and you will comply, add --accept-licence\n"
    )
    for words in ("European Union", "United Kingdom", "South Korea", "not be used to improve another AI model"):
        assert words in LICENCE
    assert standin.log == []


@pytest.mark.parametrize(
    ("options", "code", "reason"),
    [
        ("--engine bake --accept-licence", 2, "are only used by --engine hunyuan3d"),
        ("--engine hunyuan3d --accept-licence", 1, "git clone "),
        ("--engine hunyuan3d --accept-licence --hunyuan nowhere", 1, "nowhere: no such folder"),
        ("--engine hunyuan3d --accept-licence --hunyuan .", 1, "no hy3dpaint/textureGenPipeline.py in it"),
        ("--engine hunyuan3d --accept-licence --time-limit 0", 2, "--time-limit"),
    ],
)
def test_invalid_options_are_reported_in_one_line(sh, pair, options, code, reason):
    done = sh(f"unset PAINCTL_HUNYUAN; painctl texture {options} {pair} -o out.h5")
    assert (done.returncode, done.stdout) == (code, b"")
    assert reason in done.stderr.decode()
    assert len(done.stderr.decode().splitlines()) == 1


def test_a_shard_without_portraits_is_rejected_before_loading(sh, line, pair, standin):
    done = sh(f"{line.replace(str(pair), str(pair.parent / 'ids.h5'))} -o out.h5")
    assert done.returncode == 1
    assert b"portraits" in done.stderr
    assert standin.log == []


def test_debug_shows_the_output_of_the_pipeline(sh, line):
    assert b"Models Loaded." in sh(f"{line} --debug -o out.h5").stderr


def test_the_licence_is_in_the_card_and_reported_in_training(sh, painted, tmp_path):
    done = sh(
        f"painctl rig --expressions 1 {painted[2]}/out.h5 | painctl render-views --views 1 --size 64 | "
        "painctl pack -o d.h5 && painctl pretrain d.h5 --epochs 1 --batch-size 2 -o model"
    )
    assert done.returncode == 0, done.stderr
    with Shard(tmp_path / "d.h5") as shard:
        made = next(step for step in shard.history if step["stage"] == "texture")
        card = shard.attributes["card"]
    assert (made["licence"], made["model"]) == (LICENCE, "tencent/Hunyuan3D-2.1")
    assert f"\n- `texture`: {LICENCE}.\n" in card
    assert card.count(LICENCE) == 1
    assert (
        done.stderr.decode().count(
            f"d.h5: the texture step recorded a licence that restricts these frames; {LICENCE}\n"
        )
        == 1
    )
