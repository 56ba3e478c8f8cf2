"""A stand-in for a checkout of Hunyuan3D-2.1, with its layout, modules, calls and outputs, which unwraps anew."""

import inspect
import json
import sys

import numpy as np
import pytest


def surface(points):
    """A smooth function of points [N, 3] in metres, [N, 5] in 0..1: sRGB base colour, metallic, roughness."""
    waves = np.array([[31, 17, -12], [-14, 36, 9], [22, -8, 30], [9, 9, 9], [-21, 13, 26]], float)
    level = np.array([0.6, 0.5, 0.45, 0.04, 0.55])
    return level + np.array([0.2, 0.2, 0.2, 0.03, 0.2]) * np.sin(points @ waves.T + np.arange(5))


def unwrapped(vertices, faces, size, seed, margin=1.5, gutter=True):
    """A mesh with a chart for each triangle: corners [3 F, 3], uvs [3 F, 2], and maps [size, size, 5] of `surface`.

    Two triangles share a square of a grid, in random order and rotation. Between charts the maps are extended
    smoothly, or 0 without a `gutter`.
    """
    rng = np.random.default_rng(seed)
    count = len(faces)
    order = np.empty(count, int)
    order[rng.permutation(count)] = np.arange(count)
    across = int(np.ceil(np.sqrt((count + 1) // 2)))
    cell = size // across
    origin = np.stack([order // 2 % across, order // 2 // across], 1) * cell
    low, high = margin, cell - 2 * margin
    below = np.array([[low, low], [high, low], [low, high]])
    above = cell - below
    pixels = origin[:, None] + np.where((order % 2 == 0)[:, None, None], below, above)
    turn = (np.arange(3) + rng.integers(0, 3, count)[:, None]) % 3
    corners = vertices[np.take_along_axis(faces, turn, 1)]
    maps = np.zeros((size, size, 5), np.float32)
    row, column = np.mgrid[:cell, :cell]
    inside = np.stack([column.ravel(), row.ravel()], 1) + 0.5
    for half, (a, b, c) in enumerate((below, above)):
        own = np.flatnonzero(order % 2 == half)
        weights = np.linalg.solve(np.stack([b - a, c - a], 1), (inside - a).T).T
        weights = np.concatenate([1 - weights.sum(1, keepdims=True), weights], 1)
        side = inside.sum(1) <= cell if half == 0 else inside.sum(1) > cell
        chart = side & (weights.min(1) >= 0) if not gutter else side
        texels = (origin[own][:, None] + inside[chart].astype(int)).reshape(-1, 2)
        maps[texels[:, 1], texels[:, 0]] = surface((weights[chart] @ corners[own]).reshape(-1, 3))
    uvs = pixels.reshape(-1, 2) / size
    uvs[:, 1] = 1 - uvs[:, 1]
    return corners.reshape(-1, 3), uvs, maps


PIPELINE = """
import json, os, signal, subprocess, sys, time
from pathlib import Path
import cv2
import numpy as np
import custom_rasterizer
from DifferentiableRenderer.mesh_inpaint_processor import meshVerticeInpaint

HERE = Path(__file__).parent

{functions}

class Hunyuan3DPaintConfig:
    def __init__(self, max_num_view, resolution):
        self.max_selected_view_num, self.resolution = max_num_view, resolution
        self.multiview_cfg_path = "hy3dpaint/cfgs/hunyuan-paint-pbr.yaml"
        self.custom_pipeline = "hunyuanpaintpbr"
        self.multiview_pretrained_path = "tencent/Hunyuan3D-2.1"
        self.dino_ckpt_path = "facebook/dinov2-giant"
        self.realesrgan_ckpt_path = "ckpt/RealESRGAN_x4plus.pth"

def misbehave(how):
    if how == "memory":
        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
    if how == "error":
        raise ValueError("the brush broke")
    if how == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "exit":
        print("the canvas tore", file=sys.stderr, flush=True)
        os._exit(7)
    if how == "hang":
        helper = subprocess.Popen(["sleep", "600"])
        with (HERE / "pids").open("a") as file:
            file.write(f"{{helper.pid}}\\n")
        time.sleep(600)

class Hunyuan3DPaintPipeline:
    def __init__(self, config=None):
        assert Path.cwd() == HERE and Path(config.custom_pipeline, "pipeline.py").is_file()
        assert Path(config.multiview_cfg_path).is_file()
        self.log(f"loaded {{config.max_selected_view_num}} {{config.resolution}} {{os.environ.get('HF_HUB_OFFLINE')}}")
        with (HERE / "pids").open("a") as file:
            file.write(f"{{os.getpid()}}\\n")
        misbehave(self.behaviour("load"))
        print("Models Loaded.")

    def log(self, line):
        with (HERE / "log").open("a") as file:
            file.write(line + "\\n")

    def behaviour(self, when):
        return json.loads((HERE / "behaviour").read_text()).get(when)

    def __call__(self, mesh_path=None, image_path=None, output_mesh_path=None, use_remesh=True, save_glb=True):
        assert not use_remesh and not save_glb and mesh_path.endswith(".obj")
        number = (HERE / "log").read_text().count("painting")
        self.log("painting")
        Path(os.environ["TMPDIR"], f"left-{{number}}").write_text("")
        picture = cv2.imread(image_path, cv2.IMREAD_UNCHANGED)
        self.log(f"{{picture.shape}} {{(picture[..., 3] == 0).mean():.2f}}")
        misbehave(self.behaviour(str(number)))
        lines = [line.split() for line in Path(mesh_path).read_text().splitlines()]
        vertices = np.array([line[1:] for line in lines if line[0] == "v"], float)
        faces = np.array([[c.split("/")[0] for c in line[1:]] for line in lines if line[0] == "f"], int) - 1
        size = 1024 if len(faces) > 100 else 32
        corners, uvs, maps = unwrapped(vertices, faces, 2 * size, 0)
        maps = cv2.resize(maps, (size, size))
        base = output_mesh_path[:-4]
        name = os.path.basename(base)
        with open(output_mesh_path, "w") as file:
            file.write(f"mtllib {{name}}.mtl\\no {{name}}\\n")
            np.savetxt(file, corners, fmt="v %.6f %.6f %.6f")
            np.savetxt(file, uvs, fmt="vt %.6f %.6f")
            file.write("s 0\\nusemtl Material\\n")
            rows = np.arange(1, len(corners) + 1).reshape(-1, 3)
            file.writelines(f"f {{a}}/{{a}} {{b}}/{{b}} {{c}}/{{c}}\\n" for a, b, c in rows)
        Path(base + ".mtl").write_text("newmtl Material\\nmap_Kd /etc/passwd\\nmap_Pm ../../x.jpg\\n")
        codes = (maps * 255).astype(np.uint8)
        cv2.imwrite(base + ".jpg", np.ascontiguousarray(codes[..., 2::-1]))
        cv2.imwrite(base + "_metallic.jpg", codes[..., 3])
        cv2.imwrite(base + "_roughness.jpg", codes[..., 4])
        return output_mesh_path
"""

HUB = """
from pathlib import Path

def snapshot_download(repo_id, allow_patterns=None, local_files_only=False):
    if local_files_only and not (Path(__file__).parent / "hub" / repo_id).is_dir():
        raise FileNotFoundError(f"Cannot find an appropriate cached snapshot folder for {repo_id}")
"""
TORCH = """
class cuda:
    def is_available(): return {available}
    def empty_cache(): pass
"""
FILES = {
    "custom_rasterizer/__init__.py": "from custom_rasterizer_kernel import rasterize_image as rasterize\n",
    "custom_rasterizer_kernel.py": "def rasterize_image(): pass\n",
    "DifferentiableRenderer/__init__.py": "",
    "DifferentiableRenderer/mesh_inpaint_processor.py": "def meshVerticeInpaint(): pass\n",
    "utils/__init__.py": "",
    "utils/torchvision_fix.py": "def apply_fix(): print('Torchvision version: 0')\n",
    "bpy.py": "ops = None\n",
    "torch.py": TORCH.format(available=True),
    "huggingface_hub.py": HUB,
    "hunyuanpaintpbr/pipeline.py": "",
    "cfgs/hunyuan-paint-pbr.yaml": "model:\n",
    "ckpt/RealESRGAN_x4plus.pth": "weights",
    "behaviour": "{}",
    "log": "",
    "pids": "",
}


class Standin:
    """The stand-in at `top`; tests set its behaviour and read its log."""

    def __init__(self, top):
        self.top, self.folder = top, top / "hy3dpaint"
        functions = "\n\n".join(inspect.getsource(function) for function in (surface, unwrapped))
        for name, text in {**FILES, "textureGenPipeline.py": PIPELINE.format(functions=functions)}.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text)
        for weights in ("tencent/Hunyuan3D-2.1", "facebook/dinov2-giant"):
            (self.folder / "hub" / weights).mkdir(parents=True)
        python = top / ".venv/bin/python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        python.chmod(0o755)

    def behave(self, **when):
        """Set what goes wrong in which call: `load`, or the number of a paint call, counted across restarts."""
        (self.folder / "behaviour").write_text(json.dumps(when))

    @property
    def log(self):
        """The lines it has logged."""
        return (self.folder / "log").read_text().splitlines()

    @property
    def pids(self):
        """Process ids of all its processes and their children."""
        return [int(line) for line in (self.folder / "pids").read_text().split()]


@pytest.fixture
def standin(tmp_path_factory):
    """A stand-in checkout."""
    return Standin(tmp_path_factory.mktemp("checkout"))
