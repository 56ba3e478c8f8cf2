"""ViTPain: how much pain a face shows, seen against the same person's neutral face.

One DINOv3 backbone reads both pictures; the pain tokens look up the neutral ones and the sum goes to three heads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import DINOv3ViTConfig, DINOv3ViTModel

from painctl.pain.action_units import ACTION_UNITS
from painctl.runs.seeding import seeded
from painctl.vitpain.backbones import Preprocess, compact, pretrained, whitened_cosines
from painctl.vitpain.interface import Outputs, PainModel

ADAPTERS = ("pain", "neutral")


@dataclass(frozen=True)
class Architecture:
    """All that is needed to build a ViTPain without its weights."""

    backbone: dict[str, Any]  # of DINOv3ViTConfig
    preprocess: Preprocess
    adapters: bool  # the backbone is frozen and each branch has its own LoRA; else one trainable backbone
    attention_heads: int = 8
    head_sizes: tuple[int, ...] = (512, 256, 128)
    dropout: float = 0.5
    rank: int = 8
    alpha: int = 16
    reference: bool = True  # the pain face attends to the neutral one; else it is seen alone
    binary: tuple[int, ...] = (1,)  # a head each for the probability of PSPI >= this
    action_units: bool = True

    def __post_init__(self) -> None:
        # JSON has lists
        object.__setattr__(self, "binary", tuple(self.binary))
        object.__setattr__(self, "head_sizes", tuple(self.head_sizes))


class Reference(nn.Module):
    """Z = LayerNorm(Z_pain + A_ref), A_ref = MultiheadAttention(Q = Z_pain, K = V = Z_neutral). [B, T, D] each."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.norm = nn.LayerNorm(width)

    @torch.no_grad()
    def start_by_comparing(self) -> None:
        """Before training, A_ref = -Z_neutral, averaged over the neutral tokens that resemble the pain token.

        What starts from nothing need not find out first that the neutral face is there to be taken away.
        """
        one = torch.eye(self.attention.embed_dim)
        self.attention.in_proj_weight.copy_(torch.cat([4 * one, 4 * one, one]))  # queries, keys, values
        self.attention.out_proj.weight.copy_(-one)

    def forward(self, pain: Tensor, neutral: Tensor) -> Tensor:
        attended, _ = self.attention(pain, neutral, neutral, need_weights=False)
        return self.norm(pain + attended)


class ActionUnits(nn.Module):
    """Six learnable queries Q pool the patch tokens K [B, P, D]: softmax(Q K^T / sqrt(D)) K, then an MLP each, ReLU."""

    def __init__(self, width: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.queries = nn.Parameter(0.02 * torch.randn(len(ACTION_UNITS), width))
        starts = (0.5 if name == "AU43" else 1.5 for name in ACTION_UNITS)  # a ReLU that starts at 0 may stay there
        self.heads = nn.ModuleList(mlp(width, (hidden,), dropout, start) for start in starts)

    def weights(self, patches: Tensor) -> Tensor:
        """How much each unit takes of each patch: [B, 6, P], sum 1 a unit."""
        return (self.queries @ patches.transpose(1, 2) / math.sqrt(patches.shape[-1])).softmax(-1)

    def forward(self, patches: Tensor) -> Tensor:
        pooled = (self.weights(patches) @ patches).unbind(1)
        return torch.cat([head(unit) for head, unit in zip(self.heads, pooled, strict=True)], dim=1).relu()


class ViTPain(PainModel):
    """A pain picture and a neutral picture of the same person -> PSPI, pain or not, six action units."""

    mean: Tensor
    std: Tensor

    def __init__(self, architecture: Architecture, backbone: DINOv3ViTModel | None = None) -> None:
        """`backbone` gives pretrained weights; without it they start as the architecture's configuration says."""
        super().__init__()
        self.architecture = architecture
        self.compares, self.levels = architecture.reference, architecture.binary
        self.tells_units = architecture.action_units
        self.backbone = backbone or DINOv3ViTModel(DINOv3ViTConfig(**architecture.backbone))
        width, sizes, dropout = self.backbone.config.hidden_size, architecture.head_sizes, architecture.dropout
        self.prefix = 1 + self.backbone.config.num_register_tokens  # class and register tokens stand first
        self.reference = Reference(width, architecture.attention_heads) if architecture.reference else None
        self.pspi = mlp(width, sizes, dropout)
        self.binary = nn.ModuleList(mlp(width, sizes, dropout) for _ in architecture.binary)
        self.action_units = ActionUnits(width, sizes[0], dropout) if architecture.action_units else None
        for name in ("mean", "std"):
            self.register_buffer(name, 255 * torch.tensor(getattr(architecture.preprocess, name)), persistent=False)
        self.backbone.embeddings.mask_token.requires_grad_(False)  # serves DINOv3's own pretraining only
        self._lora = self._adapt() if architecture.adapters else ()
        self._use("pain")

    def forward(self, pain: Tensor, neutral: Tensor) -> Outputs:
        """Pictures: RGB uint8 [B, S, S, 3], S the preprocessing's size. Without a reference `neutral` is not read."""
        tokens = self.compared(pain, neutral)
        face = tokens[:, 0]
        return Outputs(
            pspi=self.pspi(face).sigmoid().squeeze(1),
            logit=torch.cat([head(face) for head in self.binary], dim=1) if self.binary else None,
            aus=self.action_units(tokens[:, self.prefix :]) if self.action_units else None,
        )

    def attention(self, pain: Tensor, neutral: Tensor) -> Tensor:
        """The weights of the action units' queries over the patches, [B, 6, P]. Raises ValueError without that head."""
        if not self.action_units:
            raise ValueError("this model has no action units to attend for")
        return self.action_units.weights(self.compared(pain, neutral)[:, self.prefix :])

    def compared(self, pain: Tensor, neutral: Tensor) -> Tensor:
        """Tokens [B, 1 + R + P, D] of the pain pictures after they have looked up the neutral ones."""
        tokens = self.tokens(pain, "pain")
        return self.reference(tokens, self.tokens(neutral, "neutral")) if self.reference else tokens

    def tokens(self, pictures: Tensor, branch: str) -> Tensor:
        """Class, register and patch tokens [B, 1 + R + P, D] of uint8 pictures, through one branch's adapter."""
        self._use(branch)
        pixels = ((pictures - self.mean) / self.std).permute(0, 3, 1, 2)
        return self.backbone(pixels).last_hidden_state

    def _use(self, branch: str) -> None:
        for layer in self._lora:
            layer.set_adapter(branch)
            layer.lora_A.requires_grad_(True)  # peft freezes the adapter that is not in use; both are trained
            layer.lora_B.requires_grad_(True)

    def _adapt(self) -> tuple[Any, ...]:
        from peft import LoraConfig, LoraModel
        from peft.tuners.lora import LoraLayer

        lora = LoraConfig(
            r=self.architecture.rank,
            lora_alpha=self.architecture.alpha,
            lora_dropout=0.1,
            target_modules=["q_proj", "k_proj", "v_proj", "o_proj"],
        )
        adapters = ADAPTERS if self.architecture.reference else ADAPTERS[:1]
        adapted = LoraModel(self.backbone, dict.fromkeys(adapters, lora), ADAPTERS[0])  # freezes the backbone
        for adapter in adapters[1:]:
            adapted.inject_adapter(self.backbone, adapter)
        return tuple(module for module in self.backbone.modules() if isinstance(module, LoraLayer))


def mlp(width: int, sizes: tuple[int, ...], dropout: float, start: float = 0.0) -> nn.Sequential:
    """LayerNorm, then hidden layers with GELU and dropout, then one number, `start` before training."""
    layers: list[nn.Module] = [nn.LayerNorm(width)]
    for size in sizes:
        layers += [nn.Linear(width, size), nn.GELU(), nn.Dropout(dropout)]
        width = size
    last = nn.Linear(width, 1)
    nn.init.normal_(last.weight, std=0.02)
    nn.init.constant_(last.bias, start)
    return nn.Sequential(*layers, last)


def build(backbone: str = "compact", seed: int = 0, allow_download: bool = False, **parts: Any) -> ViTPain:
    """A model ready to train: `compact` from nothing, else a pretrained backbone (folder, hub id, S, B, L).

    The pretrained one is frozen under a LoRA adapter a branch. The compact one is trained whole and shared by both
    branches: adapters would add nothing to weights that move anyway, and equal pictures give equal tokens.
    `parts` are `reference`, `binary` and `action_units` of `Architecture`. Raises what `backbones.pretrained` raises.
    """
    with seeded(seed, "weights"):
        if backbone == "compact":
            return _untrained(parts)
        weights, preprocess = pretrained(backbone, allow_download)
        return ViTPain(Architecture(weights.config.to_dict(), preprocess, adapters=True, **parts), weights)


def _untrained(parts: dict[str, Any]) -> ViTPain:
    config, preprocess = compact()
    architecture = Architecture(
        config.to_dict(), preprocess, adapters=False, attention_heads=4, head_sizes=(64,), dropout=0.1, **parts
    )
    model = ViTPain(architecture)
    embedding = model.backbone.embeddings.patch_embeddings.weight  # [D, 3, P, P]
    if model.reference:
        model.reference.start_by_comparing()
    embedding.data.copy_(torch.from_numpy(whitened_cosines(embedding.shape[-1], len(embedding))))
    return model
