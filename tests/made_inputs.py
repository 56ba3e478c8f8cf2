"""Creates the input files of the commands in manifest.txt. Run through pytest, for its fixtures.

MADE_INPUTS=FOLDER python -m pytest tests/made_inputs.py
"""

import json
import os
import shutil
from itertools import pairwise
from pathlib import Path

import cv2
import h5py
import numpy as np
import torch
from made_faces import tiny_config

WEIGHTS = {"age_group": {"young": 1, "elderly": 2}, "gender": {"woman": 1}, "ethnicity": {"Black": 3, "White": 1}}


def test_made(head, flame_file, kandinsky, made_unbc, standin, portraits):
    from transformers import DINOv3ViTModel

    folder = Path(os.environ["MADE_INPUTS"])
    trees = {"flame": flame_file.parent, "unbc": made_unbc.folder, "lab": made_unbc.lab, "hunyuan": standin.top}
    for name, tree in {**trees, **{path.name: path for path in vars(kandinsky).values()}}.items():
        shutil.copytree(tree, folder / name)
    torch.manual_seed(1)
    DINOv3ViTModel(tiny_config()).save_pretrained(folder / "dino")
    torch.save({"state_dict": released(), "hyper_parameters": {"lora_alpha": 8}}, folder / "released.ckpt")
    (folder / "weights.json").write_text(json.dumps(WEIGHTS))
    shutil.copy(portraits, folder / "portraits.h5")
    write_pictures(folder)


def write_pictures(folder):
    """Write faces from the shard of portraits, a video of them, and background pictures."""
    with h5py.File(folder / "portraits.h5") as file:
        data, ends = file["frames/image"][:], file["frames/image_offsets"][:]
    frames = [cv2.imdecode(data[start:end], cv2.IMREAD_COLOR) for start, end in pairwise(ends)]
    faces = {"neutral": frames[0], "pain": frames[3], "other": frames[9], "wall": np.full_like(frames[0], 128)}
    film = cv2.VideoWriter(str(folder / "film.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 25, (192, 192))
    for name in ("neutral", "pain", "wall", "pain"):
        film.write(faces[name])
    film.release()
    large = cv2.resize(faces["other"], (256, 256))
    faces["two"] = np.hstack([cv2.copyMakeBorder(faces["pain"], 32, 32, 0, 0, cv2.BORDER_REPLICATE), large])
    rng = np.random.default_rng(0)
    sizes = (("a.png", 160), ("b.jpg", 80))
    backgrounds = {name: rng.integers(0, 256, (90, width, 3), np.uint8) for name, width in sizes}
    pictures = {f"pictures/{name}.png": face for name, face in faces.items()}
    for name, image in {**pictures, **{f"backgrounds/{name}": image for name, image in backgrounds.items()}}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        cv2.imwrite(str(folder / name), image)


def released(width=64, rank=8):
    """A state dict of random weights as in the paper's released code, with a single block."""
    shapes = {"au_queries": (6, width), "neutral_cross_attn.in_proj_weight": (3 * width, width)}
    shapes["neutral_cross_attn.in_proj_bias"] = (3 * width,)
    layers = {"neutral_cross_attn.out_proj": (width, width), "neutral_norm": (width,), "pspi_head.0": (width,)}
    layers |= {"pspi_head.2": (512, width), "pspi_head.5": (256, 512), "pspi_head.8": (128, 256)}
    layers |= {"au_shared_features.0": (width,), "au_shared_features.2": (512, width), "au_head": (1, 512)}
    layers |= {"pspi_head.11": (1, 128), **{f"pspi_binary_heads.{k}.0": (width,) for k in (1, 2, 3)}}
    layers |= {f"pspi_binary_heads.{k}.2": (1, width) for k in (1, 2, 3)}
    for encoder in ("vit_model", "neutral_encoder"):
        backbone, block = f"{encoder}.base_model.model", f"{encoder}.base_model.model.blocks.0"
        shapes |= {f"{backbone}.cls_token": (1, 1, width), f"{backbone}.reg_token": (1, 4, width)}
        shapes |= {f"{block}.gamma_1": (width,), f"{block}.gamma_2": (width,)}
        layers |= {f"{backbone}.norm": (width,), f"{block}.norm1": (width,), f"{block}.norm2": (width,)}
        layers |= {f"{block}.mlp.fc1": (4 * width, width), f"{block}.mlp.fc2": (width, 4 * width)}
        adapted = {f"{backbone}.patch_embed.proj": (width, 3, 16, 16), f"{block}.attn.proj": (width, width)}
        layers |= {f"{name}.base_layer": shape for name, shape in adapted.items()}
        shapes[f"{block}.attn.qkv.base_layer.weight"] = (3 * width, width)
        for name, (outputs, *inputs) in {**adapted, f"{block}.attn.qkv": (3 * width, width)}.items():
            shapes[f"{name}.lora_A.default.weight"] = (rank, *inputs)
            shapes[f"{name}.lora_B.default.weight"] = (outputs, rank, *(1 for _ in inputs[1:]))
    for name, shape in layers.items():
        shapes |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
    generator = torch.Generator().manual_seed(2)
    return {name: 0.2 * torch.randn(shape, generator=generator) for name, shape in shapes.items()}
