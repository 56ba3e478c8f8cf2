"""The released ViTPain (TaatiTeam/Pain-in-3D), reproduced so that its checkpoints give the same outputs.

Its forward pass is reproduced with its defects, because the weights were fitted to them: tokens are computed without
rotary positions and without the four register tokens, so the class token does not depend on where a patch is; LoRA is
also applied to the patch embedding; pictures are normalised by ImageNet's mean and deviation, which the backbone
(timm's vit_large_patch16_dinov3.sat493m) was not trained with. Use `painctl.vitpain.model` to train from scratch; these
weights cannot be converted to it, because they were fitted to tokens that it never computes.

Outputs equal the release's for pictures of 224 x 224. Other sizes are cropped to the central square and scaled, as for
any model in painctl; the release stretches the whole picture. Further training also updates the action-unit queries,
which the release leaves out of its optimizer.

Parameter names are those of the checkpoint: timm's Eva (models/eva.py, the same in 1.0.20 and 1.0.31) under peft. A
DINOv3 block there has a fused qkv without bias, LayerScale, GELU, and norms with epsilon 1e-5; `norm` follows the last
block, and there is no fc_norm. timm has the sat493m weights for size L only; the release's names for S and B load
nothing there, but checkpoints of those shapes load here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Final

import torch
from torch import Tensor, nn

from painctl.pain.action_units import ACTION_UNITS
from painctl.vitpain.backbones import Preprocess
from painctl.vitpain.interface import Outputs, PainModel

HEAD_WIDTH: Final = 64  # of an attention head of DINOv3 S, B and L


@dataclass(frozen=True)
class ReleasedArchitecture:
    """The configuration of the released model. Field names are keys of config.json."""

    width: int  # 384, 768 or 1024: DINOv3 S, B or L
    depth: int  # blocks: 12, 12 or 24
    registers: int = 4  # present in the weights, but unused
    reference: bool = True
    binary: tuple[int, ...] = (1, 2, 3)
    rank: int = 8
    alpha: int = 16
    patch: int = 16
    preprocess: Preprocess = field(default_factory=Preprocess)

    def __post_init__(self) -> None:
        object.__setattr__(self, "binary", tuple(self.binary))  # a list, when read from JSON


class Released(PainModel):
    """The released forward pass: a pain picture and a neutral one -> PSPI, pain at three levels, six action units."""

    mean: Tensor
    std: Tensor

    def __init__(self, architecture: ReleasedArchitecture) -> None:
        super().__init__()
        self.architecture = architecture
        self.uses_reference, self.levels = architecture.reference, architecture.binary
        self.has_action_units = True
        width = architecture.width
        self.vit_model = _with_adapters(architecture)
        if architecture.reference:
            self.neutral_encoder = _with_adapters(architecture)
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
            # on the CPU even if the model is built on the meta device
            values = torch.tensor(getattr(architecture.preprocess, name), device="cpu")
            self.register_buffer(name, 255 * values, persistent=False)

    def forward(self, pain: Tensor, neutral: Tensor) -> Outputs:
        """Pictures: RGB uint8 [B, S, S, 3]."""
        tokens = self.vit_model.base_model.model(self._pixels(pain))
        if self.uses_reference:
            neutral_tokens = self.neutral_encoder.base_model.model(self._pixels(neutral))
            attended, _ = self.neutral_cross_attn(tokens, neutral_tokens, neutral_tokens, need_weights=False)
            tokens = self.neutral_norm(tokens + attended)
        face, patches = tokens[:, 0], tokens[:, 1:]
        weights = (self.au_queries @ patches.transpose(1, 2) / math.sqrt(patches.shape[-1])).softmax(-1)
        return Outputs(
            pspi=self.pspi_head(face).sigmoid().squeeze(1),
            logit=torch.cat([head(face) for head in self.pspi_binary_heads.values()], dim=1) if self.levels else None,
            aus=self.au_head(self.au_shared_features(weights @ patches)).squeeze(2).relu(),
        )

    def _pixels(self, pictures: Tensor) -> Tensor:
        return ((pictures - self.mean) / self.std).permute(0, 3, 1, 2)


class _Eva(nn.Module):
    """timm's Eva in its DINOv3 configuration, called as in the release: no positions and no register tokens."""

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
        tokens = tokens + self.gamma_1 * self._attention(self.norm1(tokens))
        hidden = nn.functional.gelu(self.mlp["fc1"](self.norm2(tokens)))
        return tokens + self.gamma_2 * self.mlp["fc2"](hidden)

    def _attention(self, tokens: Tensor) -> Tensor:
        q, k, v = self.attn["qkv"](tokens).unflatten(2, (3, -1, HEAD_WIDTH)).permute(2, 0, 3, 1, 4)  # [B, heads, T, 64]
        mixed = nn.functional.scaled_dot_product_attention(q, k, v)
        return self.attn["proj"](mixed.transpose(1, 2).flatten(2))


def _with_adapters(architecture: ReleasedArchitecture) -> Any:
    """An encoder wrapped by peft as in the release: frozen weights, LoRA on every qkv and every proj."""
    from peft import LoraConfig, TaskType, get_peft_model

    lora = LoraConfig(
        task_type=TaskType.FEATURE_EXTRACTION,
        r=architecture.rank,
        lora_alpha=architecture.alpha,
        target_modules=["qkv", "proj"],
        lora_dropout=0.1,
    )
    return get_peft_model(_Eva(architecture), lora)  # type: ignore[arg-type]
