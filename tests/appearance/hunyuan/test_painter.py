"""The paint process: the errors it reports, and that nothing is left behind."""

import os
import time

import cv2
import numpy as np
import pytest

from painctl.appearance.hunyuan.checkout import Checkout, find_checkout
from painctl.appearance.hunyuan.painter import Painter, PaintError, PipelineUnavailable

OBJ = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 0 1\nf 1/1 2/2 3/3\n"


@pytest.fixture
def png():
    return cv2.imencode(".png", np.zeros((8, 8, 4), np.uint8))[1].tobytes()


@pytest.fixture
def painter(standin, tmp_path, monkeypatch):
    """A Painter of the stand-in; its temporary folder is in `tmp_path`, and what it reports in `lines`."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    lines = []
    with Painter(find_checkout(standin.top), time_limit=20, say=lines.append) as painter:
        painter.lines = lines
        yield painter


def alive(pid):
    """Whether a process runs; a zombie does not."""
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until_gone(pids):
    for _ in range(100):
        if not any(map(alive, pids)):
            return True
        time.sleep(0.05)
    return False


def test_one_process_paints_everyone_and_is_gone_with_its_files(standin, tmp_path, png, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Painter(find_checkout(standin.top), time_limit=20) as painter:
        for _ in range(3):
            painted = painter.paint(OBJ, png)
            assert painted.colour.shape == (32, 32, 3)
            assert len(painted.mesh.faces) == 1
        assert alive(standin.pids[0])
    assert [line.split()[0] for line in standin.log if line[0] in "lp"] == ["loaded", *["painting"] * 3]
    assert not any(map(alive, standin.pids))
    assert not list(tmp_path.iterdir())


def test_it_is_loaded_with_its_settings_and_offline_unless_downloads_are_allowed(standin, painter, png):
    painter.paint(OBJ, png)
    with Painter(find_checkout(standin.top), 20, allow_download=True) as downloading:
        downloading.paint(OBJ, png)
    assert [line for line in standin.log if line[0] == "l"] == ["loaded 6 512 1", "loaded 6 512 None"]
    assert painter.lines[0].startswith("loading Hunyuan3D-Paint from ")
    assert painter.lines[1] == "loaded in 0 s" or painter.lines[1].startswith("loaded in ")


def test_checking_loads_nothing(standin, painter):
    painter.check()
    assert standin.log == []


@pytest.mark.parametrize(
    ("requirement", "reason"),
    [
        (
            "custom_rasterizer_kernel.py",
            "its rasteriser is not built: in hy3dpaint/custom_rasterizer run .* pip install",
        ),
        ("custom_rasterizer/__init__.py", "no rasterize in custom_rasterizer"),
        ("DifferentiableRenderer/mesh_inpaint_processor.py", r"bash compile_mesh_painter\.sh"),
        ("bpy.py", "no bpy .*pip install bpy==4.0"),
        ("ckpt/RealESRGAN_x4plus.pth", r"no weights in hy3dpaint/ckpt/RealESRGAN_x4plus\.pth"),
        ("hub/tencent/Hunyuan3D-2.1", r"weights of tencent/Hunyuan3D-2\.1 are not .*--allow-download"),
        ("hub/facebook/dinov2-giant", "weights of facebook/dinov2-giant are not"),
        ("cfgs/hunyuan-paint-pbr.yaml", r"no hy3dpaint/cfgs/hunyuan-paint-pbr\.yaml in the checkout; clone"),
    ],
)
def test_a_missing_requirement_is_named(standin, painter, png, requirement, reason):
    gone = standin.folder / requirement
    gone.rmdir() if gone.is_dir() else gone.unlink()
    with pytest.raises(PipelineUnavailable, match=reason):
        painter.paint(OBJ, png)


def test_a_missing_gpu_is_reported(standin, painter, png):
    (standin.folder / "torch.py").write_text("class cuda:\n    is_available = lambda: False\n")
    with pytest.raises(PipelineUnavailable, match="torch finds no CUDA GPU"):
        painter.paint(OBJ, png)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("memory", "out of memory.* about 21 GB of GPU memory"),
        ("error", "ValueError: the brush broke"),
        ("crash", "while loading, was killed by SIGKILL; the machine may be short of memory$"),
        ("exit", r"while loading, ended with exit code 7 \(last output: the canvas tore\)$"),
    ],
)
def test_a_failure_to_load_makes_the_pipeline_unavailable(standin, painter, png, how, reason):
    standin.behave(load=how)
    with pytest.raises(PipelineUnavailable, match=reason):
        painter.paint(OBJ, png)


def test_loading_has_a_time_limit(standin, png):
    standin.behave(load="hang")
    with (
        Painter(find_checkout(standin.top), time_limit=2) as painter,
        pytest.raises(PipelineUnavailable, match=r"within 2 s.*--time"),
    ):
        painter.paint(OBJ, png)
    assert until_gone(standin.pids)


@pytest.mark.parametrize(
    ("how", "reason", "starts"),
    [
        ("memory", "out of memory.* about 21 GB of GPU memory", 1),
        ("error", "ValueError: the brush broke", 1),
        ("crash", "was killed by SIGKILL; the machine may be short of memory$", 2),
        ("exit", r"ended with exit code 7 \(last output: the canvas tore\)$", 2),
    ],
)
def test_a_person_who_cannot_be_painted_does_not_stop_the_next(standin, painter, png, how, reason, starts):
    standin.behave(**{"1": how})
    painter.paint(OBJ, png)
    with pytest.raises(PaintError, match=reason):
        painter.paint(OBJ, png)
    painter.paint(OBJ, png)
    assert len([line for line in standin.log if line[0] == "l"]) == starts


def test_a_person_who_exceeds_the_time_limit_ends_the_process_and_its_children(standin, png):
    standin.behave(**{"1": "hang"})
    with Painter(find_checkout(standin.top), time_limit=4) as painter:
        painter.paint(OBJ, png)
        with pytest.raises(PaintError, match="not painted within 4 s; raise --time-limit"):
            painter.paint(OBJ, png)
        assert len(standin.pids) == 2  # the stand-in and its helper
        assert until_gone(standin.pids)
        painter.paint(OBJ, png)


def test_too_little_memory_for_the_first_person_makes_the_pipeline_unavailable(standin, painter, png):
    standin.behave(**{"0": "memory"})
    with pytest.raises(PipelineUnavailable, match="about 21 GB"):
        painter.paint(OBJ, png)


def test_a_process_that_died_between_two_people_is_restarted(standin, painter, png):
    painter.paint(OBJ, png)
    os.kill(standin.pids[0], 9)
    while not painter._worker.has_died():
        time.sleep(0.01)
    painter.paint(OBJ, png)
    assert len(standin.pids) == 2


def test_a_python_that_cannot_be_run_is_reported(standin, tmp_path):
    (tmp_path / "python").write_text("not a program")
    (tmp_path / "python").chmod(0o755)
    with (
        Painter(Checkout(standin.folder, tmp_path / "python")) as painter,
        pytest.raises(PipelineUnavailable, match="--hunyuan-py"),
    ):
        painter.check()


def test_our_pythonpath_does_not_reach_the_other_python(standin, painter, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/ours")
    (standin.folder / "bpy.py").write_text("import os\nraise ImportError(f\"path {os.environ.get('PYTHONPATH')}\")\n")
    with pytest.raises(PipelineUnavailable, match="path None"):
        painter.check()
