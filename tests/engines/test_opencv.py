import pytest

from painctl.engines import opencv
from painctl.render.rasterise_opencv import OpenCVRasteriser


def test_it_is_built_and_renders_a_triangle():
    assert isinstance(opencv.build(), OpenCVRasteriser)
    assert opencv.probe() == ""


def test_a_rasteriser_that_renders_nothing_fails_the_probe():
    class Blank(OpenCVRasteriser):
        def visible_faces(self, *args):
            return super().visible_faces(*args) * 0 - 1

    with pytest.raises(RuntimeError, match="not rendered"):
        opencv.render_triangle(Blank())


def test_it_runs_on_the_cpu_only():
    with pytest.raises(ValueError, match=r"--device cuda: opencv runs on the CPU.*--renderer pytorch3d"):
        opencv.build("cuda")
