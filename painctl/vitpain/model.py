"""ViTPain: estimates pain in a face by comparing it with a neutral face of the same person.

One backbone encodes both pictures, a DINOv3 or a `Hybrid`; the pain tokens attend to the neutral tokens, and the result
feeds the heads. Those of a hybrid, which is trained from scratch, also get the difference of the two faces: comparing
features is then given, and only what to compare has to be learned.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from painctl.aligner.aligner import Landmarks
from painctl.aligner.stem import standardised
from painctl.pain.action_units import ACTION_UNITS
from painctl.runs.seeding import seeded
from painctl.vitpain.architecture_fields import HYBRID_FIELDS, of_backbone
from painctl.vitpain.backbones import COMPACT, UNTRAINED, Preprocess, compact_config, hybrid_config, whitened_cosines
from painctl.vitpain.framed_source import FramedSource
from painctl.vitpain.hybrid import Hybrid
from painctl.vitpain.interface import Outputs, PainModel
from painctl.vitpain.pretrained import load_pretrained
from painctl.vitpain.sources import PairSource

if TYPE_CHECKING:
    from transformers import DINOv3ViTModel

ADAPTERS = ("pain", "neutral")
LEAST_SPREAD = 0.005  # of PSPI / 16, as the deviation of an error
LUMA = (0.299, 0.587, 0.114)  # of R, G and B in a grey level, ITU-R BT.601


@dataclass(frozen=True)
class Architecture:
    """The configuration of a ViTPain. Field names are keys of config.json."""

    backbone: dict[str, Any]  # of DINOv3ViTConfig, in which `of_backbone` chooses the arguments; layers of a hybrid
    preprocess: Preprocess
    adapters: bool  # a frozen backbone with a LoRA adapter for each branch; else one trainable backbone
    attention_heads: int = 8
    head_sizes: tuple[int, ...] = (512, 256, 128)
    dropout: float = 0.5
    rank: int = 8
    alpha: int = 16
    reference: bool = True  # the pain face attends to the neutral one; else it is the only input
    binary: tuple[int, ...] = (1,)  # one head for the probability of PSPI >= each level
    action_units: bool = True
    spread: bool = False  # a head for the standard deviation of the error of PSPI
    stem: tuple[int, ...] = ()  # channels of the stages of a hybrid's convolutional stem; without any, a DINOv3

    def __post_init__(self) -> None:
        # lists, when read from JSON
        object.__setattr__(self, "binary", tuple(self.binary))
        object.__setattr__(self, "head_sizes", tuple(self.head_sizes))
        object.__setattr__(self, "stem", tuple(self.stem))
        if self.stem and not self.preprocess.standardise:
            raise ValueError("a stem takes standardised grey pictures")


class ReferenceAttention(nn.Module):
    """Z = LayerNorm(Z_pain + A_ref), A_ref = MultiheadAttention(Q = Z_pain, K = V = Z_neutral). [B, T, D] each.

    With `residual`, Z = Z_pain + A_ref, where A_ref is 0 before training.
    """

    def __init__(self, width: int, heads: int, residual: bool = False) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.norm = nn.Identity() if residual else nn.LayerNorm(width)
        if residual:
            nn.init.zeros_(self.attention.out_proj.weight)

    @torch.no_grad()
    def init_as_difference(self) -> None:
        """Initialise A_ref to -Z_neutral, averaged over the neutral tokens that resemble the pain token.

        An untrained model then starts from the difference of the two faces instead of having to learn it.
        """
        identity = torch.eye(self.attention.embed_dim)
        self.attention.in_proj_weight.copy_(torch.cat([4 * identity, 4 * identity, identity]))  # Q, K, V
        self.attention.out_proj.weight.copy_(-identity)

    def forward(self, pain: Tensor, neutral: Tensor) -> Tensor:
        attended, _ = self.attention(pain, neutral, neutral, need_weights=False)
        compared: Tensor = self.norm(pain + attended)
        return compared


class ActionUnits(nn.Module):
    """Six learnable queries Q pool the patch tokens K [B, P, D]: softmax(Q K^T / sqrt(D)) K, then MLPs and ReLU.

    With `compares`, the MLPs take `beside` of what was pooled and of the neutral face's features.
    """

    def __init__(self, width: int, hidden: int, dropout: float, compares: bool = False) -> None:
        super().__init__()
        self.queries = nn.Parameter(torch.empty(len(ACTION_UNITS), width).normal_(std=0.02))
        biases = (0.5 if name == "AU43" else 1.5 for name in ACTION_UNITS)  # above 0, where the ReLU passes gradients
        self.heads = nn.ModuleList(mlp(width * (3 if compares else 1), (hidden,), dropout, bias) for bias in biases)

    def weights(self, patches: Tensor) -> Tensor:
        """The weight of each patch for each unit: [B, 6, P], summing to 1 over the patches."""
        return (self.queries @ patches.transpose(1, 2) / math.sqrt(patches.shape[-1])).softmax(-1)

    def forward(self, patches: Tensor, rest: Tensor | None = None) -> Tensor:
        """Intensities [B, 6]; `rest` are the neutral face's features [B, D]."""
        pooled = self.weights(patches) @ patches
        units = (pooled if rest is None else beside(pooled, rest[:, None])).unbind(1)
        return torch.cat([head(unit) for head, unit in zip(self.heads, units, strict=True)], dim=1).relu()


class ViTPain(PainModel):
    """A pain picture and a neutral picture of the same person -> PSPI, pain or no pain, six action units."""

    mean: Tensor
    std: Tensor
    luma: Tensor
    backbone: Any  # a Hybrid or a DINOv3ViTModel

    def __init__(self, architecture: Architecture, backbone: DINOv3ViTModel | None = None) -> None:
        """`backbone` has pretrained weights; without it the backbone is initialised from its configuration."""
        super().__init__()
        self.architecture = architecture
        self.uses_reference, self.levels = architecture.reference, architecture.binary
        self.has_action_units, self.has_spread = architecture.action_units, architecture.spread
        self.is_hybrid = bool(architecture.stem)
        self.backbone = _hybrid(architecture) if self.is_hybrid else backbone or _dinov3(architecture)
        width = architecture.stem[-1] if self.is_hybrid else self.backbone.config.hidden_size
        # the class and register tokens of a DINOv3 come first
        self.prefix = 0 if self.is_hybrid else 1 + self.backbone.config.num_register_tokens
        sizes, dropout = architecture.head_sizes, architecture.dropout
        heads, compares = architecture.attention_heads, self.is_hybrid and architecture.reference
        self.reference = ReferenceAttention(width, heads, residual=compares) if architecture.reference else None
        features = width * (3 if compares else 1)
        self.pspi = mlp(features, sizes, dropout)
        self.binary = nn.ModuleList(mlp(features, sizes, dropout) for _ in architecture.binary)
        self.action_units = ActionUnits(width, sizes[0], dropout, compares) if architecture.action_units else None
        self.spread = mlp(features, sizes, dropout) if architecture.spread else None
        for name in ("mean", "std"):
            levels = [255 * value for value in getattr(architecture.preprocess, name)]
            self.register_buffer(name, torch.tensor(levels), persistent=False)
        self.register_buffer("luma", torch.tensor(LUMA), persistent=False)
        if not self.is_hybrid:
            self.backbone.embeddings.mask_token.requires_grad_(False)  # used only in DINOv3's own pretraining
        self._lora = self._add_adapters() if architecture.adapters else ()
        self._select_adapter("pain")

    def forward(self, pain: Tensor, neutral: Tensor) -> Outputs:
        """Pictures: RGB uint8 [B, S, S, 3], S the preprocessing's size. Without a reference, `neutral` is ignored."""
        tokens, rest = self.compared_tokens(pain, neutral)
        patches = tokens[:, self.prefix :]
        face = patches.mean(dim=1) if self.is_hybrid else tokens[:, 0]
        face = face if rest is None else beside(face, rest)
        return Outputs(
            pspi=self.pspi(face).sigmoid().squeeze(1),
            logit=torch.cat([head(face) for head in self.binary], dim=1) if self.binary else None,
            aus=self.action_units(patches, rest) if self.action_units else None,
            # of the features as they are, so that stating the error does not change the estimate
            spread=functional.softplus(self.spread(face.detach()).squeeze(1)) + LEAST_SPREAD if self.spread else None,
        )

    def prepared(self, image: np.ndarray, landmarks: Landmarks) -> np.ndarray:
        return landmarks.framed(image) if self.straightens else image

    def prepare(self, source: PairSource) -> PairSource:
        return FramedSource(source) if self.straightens else source

    def attention(self, pain: Tensor, neutral: Tensor) -> Tensor:
        """The weights of the action-unit queries over the patches, [B, 6, P]. Raises ValueError without that head."""
        if not self.action_units:
            raise ValueError("this model has no action-unit head")
        return self.action_units.weights(self.compared_tokens(pain, neutral)[0][:, self.prefix :])

    def compared_tokens(self, pain: Tensor, neutral: Tensor) -> tuple[Tensor, Tensor | None]:
        """Tokens [B, T, D] of the pain pictures, after attention to the neutral ones.

        Of a hybrid also the features [B, D] of the neutral pictures, the mean of their patches.
        """
        if not self.reference:
            return self.tokens(pain, "pain"), None
        if not self.training and bool((neutral == neutral[:1]).all()):
            neutral = neutral[:1]  # the frames of a video share one, which is encoded once
        if not self.is_hybrid:
            rest = self.tokens(neutral, "neutral").expand(len(pain), -1, -1)
            return self.reference(self.tokens(pain, "pain"), rest), None
        # in one call: batch normalisation must not remove what differs between painful and neutral pictures
        face, rest = self.tokens(torch.cat([pain, neutral]), "pain").tensor_split([len(pain)])
        rest = rest.expand(len(pain), -1, -1)
        return self.reference(face, rest), rest[:, self.prefix :].mean(dim=1)

    def tokens(self, pictures: Tensor, branch: str) -> Tensor:
        """Tokens [B, T, D] of uint8 pictures, encoded with one branch's adapter: class, registers and patches.

        Those of a hybrid are patches alone.
        """
        self._select_adapter(branch)
        encoded = self.backbone(self._pixels(pictures))
        return encoded if self.is_hybrid else encoded.last_hidden_state

    def _pixels(self, pictures: Tensor) -> Tensor:
        """Normalised channels [B, 3, S, S] of uint8 pictures; for a hybrid, standardised grey levels [B, 1, S, S]."""
        if not self.architecture.preprocess.standardise:
            return ((pictures - self.mean) / self.std).permute(0, 3, 1, 2)
        return standardised((pictures.float() @ self.luma)[:, None])

    def _select_adapter(self, branch: str) -> None:
        for layer in self._lora:
            layer.set_adapter(branch)
            layer.lora_A.requires_grad_(True)  # peft freezes the inactive adapter; both are trained
            layer.lora_B.requires_grad_(True)

    def _add_adapters(self) -> tuple[Any, ...]:
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


def _hybrid(architecture: Architecture) -> Hybrid:
    layers, heads, hidden = (architecture.backbone[name] for name in HYBRID_FIELDS)
    return Hybrid(architecture.stem, architecture.preprocess.size, layers, heads, hidden)


def _dinov3(architecture: Architecture) -> DINOv3ViTModel:
    from transformers import DINOv3ViTConfig, DINOv3ViTModel

    return DINOv3ViTModel(DINOv3ViTConfig(**of_backbone(architecture.backbone)))


def beside(face: Tensor, rest: Tensor) -> Tensor:
    """Features [..., D] of a face, those of the neutral face, and their difference: [..., 3 D]."""
    rest = rest.expand_as(face)
    return torch.cat([face, rest, face - rest], dim=-1)


def mlp(width: int, sizes: tuple[int, ...], dropout: float, bias: float = 0.0) -> nn.Sequential:
    """LayerNorm, hidden layers with GELU and dropout, then one output with an initial `bias`."""
    layers: list[nn.Module] = [nn.LayerNorm(width)]
    for size in sizes:
        layers += [nn.Linear(width, size), nn.GELU(), nn.Dropout(dropout)]
        width = size
    last = nn.Linear(width, 1)
    nn.init.normal_(last.weight, std=0.02)
    nn.init.constant_(last.bias, bias)
    return nn.Sequential(*layers, last)


def build(backbone: str = "compact", seed: int = 0, allow_download: bool = False, **parts: Any) -> ViTPain:
    """A model ready to train, on a backbone of `UNTRAINED` or a pretrained one (folder, hub id, S, B, L).

    A pretrained backbone is frozen and gets one LoRA adapter per branch. The others are trained whole and shared by
    both branches: their weights change anyway, and equal pictures give equal tokens. `parts` are `reference`,
    `binary` and `action_units` of `Architecture`. Raises as `load_pretrained` does.
    """
    with seeded(seed, "weights"):
        if backbone in UNTRAINED:
            return (_build_compact if backbone == COMPACT else _build_hybrid)(parts)
        weights, preprocess = load_pretrained(backbone, allow_download)
        return ViTPain(Architecture(weights.config.to_dict(), preprocess, adapters=True, **parts), weights)


def _build_compact(parts: dict[str, Any]) -> ViTPain:
    config, preprocess = compact_config()
    architecture = Architecture(
        config.to_dict(), preprocess, adapters=False, attention_heads=4, head_sizes=(64,), dropout=0.1, **parts
    )
    model = ViTPain(architecture)
    embedding = model.backbone.embeddings.patch_embeddings.weight  # [D, 3, P, P]
    if model.reference:
        model.reference.init_as_difference()
    embedding.data.copy_(torch.from_numpy(whitened_cosines(embedding.shape[-1], len(embedding))))
    return model


def _build_hybrid(parts: dict[str, Any]) -> ViTPain:
    stem, layers, preprocess = hybrid_config()
    architecture = Architecture(
        layers,
        preprocess,
        adapters=False,
        attention_heads=4,
        head_sizes=(128,),
        dropout=0.1,
        spread=True,
        stem=stem,
        **parts,
    )
    return ViTPain(architecture)
