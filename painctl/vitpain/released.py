"""The released ViTPain (TaatiTeam/Pain-in-3D), so that its checkpoints give here what they give there.

Its forward pass is kept with what is wrong in it, since the weights were fitted to that: tokens are taken without
rotary positions and without the four register tokens, so that the class token does not feel where a patch is; LoRA
also lies on the patch embedding; pictures are normalised by ImageNet's mean and deviation, which the backbone
(timm's vit_*_patch16_dinov3.sat493m) was not trained with. `painctl.vitpain.model` is the model to train anew: these
weights cannot be carried over to it, since they were fitted to tokens that it never sees.

Names of parameters are those of the checkpoint: timm's Eva under peft.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from painctl.shard.schema import ACTION_UNITS
from painctl.vitpain.backbones import Preprocess
from painctl.vitpain.interface import Outputs, PainModel

HEAD: Final = 64  # width of an attention head of DINOv3 S, B and L
_PARTS = ("vit_model", "pspi_head", "pspi_binary_heads", "au_shared_features", "au_queries", "au_head")
_REFERENCE = ("neutral_encoder", "neutral_cross_attn", "neutral_norm")
_QKV = "vit_model.base_model.model.blocks.{}.attn.qkv"


@dataclass(frozen=True)
class ReleasedArchitecture:
    """All that is needed to build the released model without its weights."""

    width: int  # 384, 768 or 1024: DINOv3 S, B or L
    depth: int  # blocks: 12, 12 or 24
    registers: int = 4  # in the weights, and not used
    reference: bool = True
    binary: tuple[int, ...] = (1, 2, 3)
    rank: int = 8
    alpha: int = 16
    patch: int = 16
    preprocess: Preprocess = field(default_factory=Preprocess)

    def __post_init__(self) -> None:
        object.__setattr__(self, "binary", tuple(self.binary))  # JSON has lists


class Released(PainModel):
    """The released forward pass: a pain picture and a neutral one -> PSPI, pain at three levels, six action units."""

    mean: Tensor
    std: Tensor

    def __init__(self, architecture: ReleasedArchitecture) -> None:
        super().__init__()
        self.architecture = architecture
        self.compares, self.levels, self.tells_units = architecture.reference, architecture.binary, True
        width = architecture.width
        self.vit_model = _adapted(architecture)
        if architecture.reference:
            self.neutral_encoder = _adapted(architecture)
            self.neutral_cross_attn = nn.MultiheadAttention(width, 8, batch_first=True)
            self.neutral_norm = nn.LayerNorm(width)
        sizes = [width, 512, 256, 128]
        layers: list[nn.Module] = [nn.LayerNorm(width), nn.Dropout(0.5)]
        for inner, outer, dropout in zip(sizes, sizes[1:], (0.5, 0.3, 0.3), strict=False):
            layers += [nn.Linear(inner, outer), nn.GELU(), nn.Dropout(dropout)]
        self.pspi_head = nn.Sequential(*layers, nn.Linear(sizes[-1], 1))
        self.pspi_binary_heads = nn.ModuleDict(
            {str(k): nn.Sequential(nn.LayerNorm(width), nn.Dropout(0.5), nn.Linear(width, 1)) for k in self.levels}
        )
        self.au_shared_features = nn.Sequential(
            nn.LayerNorm(width), nn.Dropout(0.3), nn.Linear(width, 512), nn.GELU(), nn.Dropout(0.3)
        )
        self.au_queries = nn.Parameter(torch.randn(len(ACTION_UNITS), width))
        self.au_head = nn.Linear(512, 1)
        for name in ("mean", "std"):
            self.register_buffer(name, 255 * torch.tensor(getattr(architecture.preprocess, name)), persistent=False)

    def forward(self, pain: Tensor, neutral: Tensor) -> Outputs:
        """Pictures: RGB uint8 [B, S, S, 3]."""
        tokens = self.vit_model.base_model.model(self._pixels(pain))
        if self.compares:
            others = self.neutral_encoder.base_model.model(self._pixels(neutral))
            seen, _ = self.neutral_cross_attn(tokens, others, others, need_weights=False)
            tokens = self.neutral_norm(tokens + seen)
        face, patches = tokens[:, 0], tokens[:, 1:]
        shares = (self.au_queries @ patches.transpose(1, 2) / math.sqrt(patches.shape[-1])).softmax(-1)
        return Outputs(
            pspi=self.pspi_head(face).sigmoid().squeeze(1),
            logit=torch.cat([head(face) for head in self.pspi_binary_heads.values()], dim=1) if self.levels else None,
            aus=self.au_head(self.au_shared_features(shares @ patches)).squeeze(2).relu(),
        )

    def _pixels(self, pictures: Tensor) -> Tensor:
        return ((pictures - self.mean) / self.std).permute(0, 3, 1, 2)


class _Eva(nn.Module):
    """timm's Eva as DINOv3 has it, called as the release does: class and patch tokens, no positions, no registers."""

    def __init__(self, architecture: ReleasedArchitecture) -> None:
        super().__init__()
        width, patch = architecture.width, architecture.patch
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.reg_token = nn.Parameter(torch.zeros(1, architecture.registers, width))
        self.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(3, width, patch, patch)})
        self.blocks = nn.ModuleList(_Block(width) for _ in range(architecture.depth))
        self.norm = nn.LayerNorm(width)

    def forward(self, pixels: Tensor) -> Tensor:
        patches = self.patch_embed["proj"](pixels).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.cls_token.expand(len(pixels), -1, -1), patches], dim=1)
        for block in self.blocks:
            tokens = block(tokens)
        return self.norm(tokens)


class _Block(nn.Module):
    """x + gamma_1 attention(norm(x)), then the same with an MLP."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma_1, self.gamma_2 = nn.Parameter(torch.ones(width)), nn.Parameter(torch.ones(width))
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn = nn.ModuleDict({"qkv": nn.Linear(width, 3 * width, bias=False), "proj": nn.Linear(width, width)})
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(width, 4 * width), "fc2": nn.Linear(4 * width, width)})

    def forward(self, tokens: Tensor) -> Tensor:
        tokens = tokens + self.gamma_1 * self._attended(self.norm1(tokens))
        hidden = nn.functional.gelu(self.mlp["fc1"](self.norm2(tokens)))
        return tokens + self.gamma_2 * self.mlp["fc2"](hidden)

    def _attended(self, tokens: Tensor) -> Tensor:
        q, k, v = self.attn["qkv"](tokens).unflatten(2, (3, -1, HEAD)).permute(2, 0, 3, 1, 4)  # [B, heads, T, 64]
        mixed = nn.functional.scaled_dot_product_attention(q, k, v)
        return self.attn["proj"](mixed.transpose(1, 2).flatten(2))


def _adapted(architecture: ReleasedArchitecture) -> Any:
    """An encoder under peft as the release wraps it: its weights frozen, LoRA on every qkv and every proj."""
    from peft import LoraConfig, TaskType, get_peft_model

    lora = LoraConfig(
        task_type=TaskType.FEATURE_EXTRACTION,
        r=architecture.rank,
        lora_alpha=architecture.alpha,
        target_modules=["qkv", "proj"],
        lora_dropout=0.1,
    )
    return get_peft_model(_Eva(architecture), lora)  # type: ignore[arg-type]


def load_released(path: Path) -> Released:
    """The model of a released checkpoint: a Lightning .ckpt or .pt, or its state_dict as .safetensors.

    Nothing in the file is run: it is read as tensors and plain values or not at all. Raises FileNotFoundError, or
    ValueError that names the file and what is wrong with it.
    """
    tensors, alpha = _read(path)
    known = {name: tensor for name, tensor in tensors.items() if name.split(".")[0] in (*_PARTS, *_REFERENCE)}
    model = Released(_described(path, known, alpha))
    expected = model.state_dict()
    known = {name: tensor for name, tensor in known.items() if ".rope." not in name}  # computed, in some versions kept
    if odd := sorted(expected.keys() ^ known.keys()):
        where = "is missing" if odd[0] in expected else "is not of the released model"
        raise ValueError(f"{path}: {odd[0]} {where} ({len(odd)} such weights)")
    for name, tensor in known.items():
        if tensor.shape != expected[name].shape:
            raise ValueError(f"{path}: {name} is {[*tensor.shape]}, expected {[*expected[name].shape]}")
        if not tensor.isfinite().all():
            raise ValueError(f"{path}: {name} holds what is no number")
    model.load_state_dict(known)
    return model.eval()


def _read(path: Path) -> tuple[dict[str, Tensor], int]:
    """The state_dict of a file, and LoRA's alpha: 16 where the file does not tell."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such checkpoint")
    try:
        if path.suffix == ".safetensors":
            return load_file(path), 16
        whole = torch.load(path, map_location="cpu", weights_only=True)
    except (SafetensorError, RuntimeError, EOFError, OSError) as error:
        raise ValueError(f"{path}: damaged, or no checkpoint ({_short(error)})") from None
    except Exception as error:  # UnpicklingError, and whatever a hostile file makes of the reader
        raise ValueError(
            f"{path}: holds more than tensors and plain values, and is not run ({_short(error)}); "
            "save its state_dict alone, as .safetensors"
        ) from None
    state = whole.get("state_dict", whole) if isinstance(whole, dict) else None
    if not isinstance(state, dict) or not state or not all(isinstance(value, Tensor) for value in state.values()):
        raise ValueError(f"{path}: no state_dict of tensors in it")
    asked = whole.get("hyper_parameters")
    alpha = asked.get("lora_alpha", 16) if isinstance(asked, Mapping) else 16
    return {str(name): tensor.float() for name, tensor in state.items()}, int(alpha)


def _described(path: Path, tensors: Mapping[str, Tensor], alpha: int) -> ReleasedArchitecture:
    """The architecture that the shapes of a checkpoint tell."""
    first = tensors.get(f"{_QKV.format(0)}.lora_A.default.weight")
    embedding = tensors.get("vit_model.base_model.model.patch_embed.proj.base_layer.weight")
    registers = tensors.get("vit_model.base_model.model.reg_token")
    if first is None or embedding is None or registers is None or first.ndim != 2 or embedding.ndim != 4:
        raise ValueError(f"{path}: not a checkpoint of the released ViTPain (no LoRA on vit_model's qkv in it)")
    if first.shape[1] % HEAD:
        raise ValueError(f"{path}: its width of {first.shape[1]} is not that of a DINOv3 S, B or L")
    blocks = [int(match[1]) for name in tensors if (match := re.match(r"vit_model.*?\.blocks\.(\d+)\.", name))]
    levels = {int(match[1]) for name in tensors if (match := re.match(r"pspi_binary_heads\.(\d+)\.", name))}
    return ReleasedArchitecture(
        width=first.shape[1],
        depth=max(blocks) + 1,
        registers=registers.shape[1],
        reference=any(name.startswith("neutral_encoder.") for name in tensors),
        binary=tuple(sorted(levels)),
        rank=first.shape[0],
        alpha=alpha,
        patch=embedding.shape[2],
    )


def _short(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:120]
