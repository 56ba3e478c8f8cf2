import made_steps
import numpy as np
import pytest

from painctl.diffusion.hub import CONTROLNET, INPAINT, PRIOR, find_weights
from painctl.diffusion.pipelines import Machine, Recipe, SamplingSettings
from painctl.images.encode import decode
from painctl.render.head_view import HeadView
from painctl.render.rasterise_opencv import OpenCVRasteriser
from painctl.shard.reader import Shard
from painctl.shard.tables import read_camera, read_topology


@pytest.fixture(scope="session")
def recipe(kandinsky):
    """Builds a recipe of the tiny models with few steps, on the CPU."""

    def make(decoder="controlnet", batch=2, **settings):
        settings = {"negative": "hat", "steps": 2, "prior_steps": 2, **settings}
        return Recipe(
            find_weights(PRIOR, str(kandinsky.prior)),
            find_weights({"controlnet": CONTROLNET, "inpaint": INPAINT}[decoder], str(getattr(kandinsky, decoder))),
            Machine("cpu", "fp32", batch=batch),
            SamplingSettings(**settings),
        )

    return make


@pytest.fixture(scope="session")
def rendered_portraits(head, tmp_path_factory):
    """Rendered portraits of three people with long, short and tied hair: (picture, mask, HeadView) each."""
    folder = tmp_path_factory.mktemp("rendered_portraits")
    made_steps.write_ids(5, 5, folder / "ids.h5")
    path = made_steps.chain(folder / "ids.h5", made_steps.depth(256), made_steps.portraits())
    portraits = []
    with Shard(path) as shard:
        topology = read_topology(shard)
        for row in (0, 3, 4):
            picture, mask = (decode(shard.read("portraits", name, row)) for name in ("image", "mask"))
            camera = read_camera(shard, "portraits", row, len(picture))
            view = HeadView.of(topology, shard.read("meshes", "vertices", row), camera, OpenCVRasteriser())
            portraits.append((picture, mask, view))
    return portraits


@pytest.fixture
def noise():
    """Draws a picture of noise, uint8 [size, size, 3]."""
    return lambda size, seed=0: np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8)
