"""The released ViTPain (TaatiTeam/Pain-in-3D), so that its checkpoints give here what they give there.

Its forward pass is kept with what is wrong in it, since the weights were fitted to that: tokens are taken without
rotary positions and without the four register tokens, so that the class token does not feel where a patch is; LoRA
also lies on the patch embedding; pictures are normalised by ImageNet's mean and deviation, which the backbone
(timm's vit_large_patch16_dinov3.sat493m) was not trained with. `painctl.vitpain.model` is the model to train anew:
these weights cannot be carried over to it, since they were fitted to tokens that it never sees.

Outputs are the release's for pictures of 224 x 224. Others are fitted as for any model here, the central square
scaled; the release stretches the whole picture. Trained further, the action units' queries learn too; the release
leaves them out of its optimizer.

Names of parameters are those of the checkpoint: timm's Eva (models/eva.py, the same in 1.0.20 and 1.0.31) under peft.
There a DINOv3 block has a fused qkv without bias, LayerScale, GELU, and norms with epsilon 1e-5; `norm` follows the
last block, and there is no fc_norm. timm has the sat493m weights at size L only; the release's names for S and B load
nothing there, though their shapes are read here.
"""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from painctl.pain.action_units import ACTION_UNITS
from painctl.vitpain.backbones import Preprocess
from painctl.vitpain.interface import Outputs, PainModel

HEAD: Final = 64  # width of an attention head of DINOv3 S, B and L
_METRICS = re.compile(
    "(train|val|test|last_epoch_test|test_unbc)_"
)  # begin the names of what is no weight: passed over
_PAIN = "vit_model.base_model.model"


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
            values = torch.tensor(
                getattr(architecture.preprocess, name), device="cpu"
            )  # also in a model without memory
            self.register_buffer(name, 255 * values, persistent=False)

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
    """The model of a released checkpoint: a Lightning .ckpt or .pt, or its state_dict alone, also as .safetensors.

    Nothing in the file is run: it is read as tensors and plain values or not at all. Of what Lightning keeps beside
    the weights only `lora_alpha` is looked at; without it, it is the release's 16. Raises FileNotFoundError, or
    ValueError that names the file and what is wrong with it.
    """
    tensors, alpha = _read(path)
    tensors = {name: tensor for name, tensor in tensors.items() if not _METRICS.match(name)}
    with torch.device("meta"):  # names and shapes alone: the file's tensors become the weights
        model = Released(_described(path, tensors, alpha))
    expected = model.state_dict()
    if odd := sorted(expected.keys() ^ tensors.keys()):
        where = "is missing" if odd[0] in expected else "is not of the released model"
        raise ValueError(f"{path}: {_line(odd[0])} {where} ({len(odd)} such weights)")
    for name, tensor in tensors.items():
        if tensor.shape != expected[name].shape:
            raise ValueError(f"{path}: {name} is {[*tensor.shape]}, expected {[*expected[name].shape]}")
        if tensor.layout is not torch.strided or tensor.device.type != "cpu" or not tensor.is_floating_point():
            raise ValueError(f"{path}: {name} is not an array of real numbers")
        if not tensor.isfinite().all():
            raise ValueError(f"{path}: {name} holds what is no number")
        # memory of its own, whatever the file shared or spread out; the read one goes as the next comes
        tensors[name] = tensor.to(torch.float32, copy=True, memory_format=torch.contiguous_format)
    model.load_state_dict(tensors, assign=True)
    return model.eval()


def _read(path: Path) -> tuple[dict[str, Tensor], int]:
    """The state_dict of a file, and LoRA's alpha."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such checkpoint")
    if path.suffix == ".safetensors":
        try:
            return load_file(path), 16
        except SafetensorError as error:
            raise ValueError(f"{path}: damaged or not safetensors ({_line(error)}); copy the file again") from None
    whole = _unpickled(path)
    state = whole.get("state_dict", whole) if isinstance(whole, dict) else None
    if not isinstance(state, dict) or not state or not all(isinstance(value, Tensor) for value in state.values()):
        raise ValueError(f"{path}: no state_dict of tensors in it")
    asked = whole.get("hyper_parameters")
    alpha = asked.get("lora_alpha", 16) if isinstance(asked, Mapping) else 16
    if type(alpha) is not int or alpha < 1:
        raise ValueError(f"{path}: lora_alpha is {_line(repr(alpha))} in its hyper_parameters, expected a whole number")
    return {str(name): tensor for name, tensor in state.items()}, alpha


def _unpickled(path: Path) -> Any:
    """What torch.save wrote, read without running any of it; ValueError for what would have to be run."""
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path}: cut short, or not a file of torch.save; copy the file again")
    try:
        with zipfile.ZipFile(path) as records:
            broken = records.testzip()  # torch reads past a wrong checksum
        code = [] if broken else torch.serialization.get_unsafe_globals_in_checkpoint(path)
        whole = None if broken or code else torch.load(path, map_location="cpu", weights_only=True)
    except UnpicklingError:
        code = ["pickle instructions that torch does not call safe"]
    except Exception as error:  # whatever a damaged or hostile file makes of a reader
        raise ValueError(f"{path}: damaged, or not a file of torch.save ({_line(error)})") from None
    if broken:
        raise ValueError(f"{path}: damaged: {_line(broken)} does not match its checksum; copy the file again")
    if code:
        raise ValueError(
            f"{path}: holds {_line(', '.join(sorted(code)))}, not tensors and plain values alone, and nothing in it "
            "was run; if you trust it, save its state_dict alone as .safetensors where it was made"
        )
    return whole


def _described(path: Path, tensors: Mapping[str, Tensor], alpha: int) -> ReleasedArchitecture:
    """The architecture that the names and shapes of a checkpoint tell."""
    telling = ("blocks.0.attn.qkv.lora_A.default.weight", "patch_embed.proj.base_layer.weight", "reg_token")
    shapes = [tuple(tensors[name].shape) if (name := f"{_PAIN}.{end}") in tensors else () for end in telling]
    if [len(shape) for shape in shapes] != [2, 4, 3] or 0 in sum(shapes, ()):
        raise ValueError(f"{path}: not a checkpoint of the released ViTPain (no LoRA on vit_model's qkv in it)")
    (rank, width), (_, _, _, patch), (_, registers, _) = shapes
    if width % HEAD:
        raise ValueError(f"{path}: its width of {width} is not that of a DINOv3 S, B or L")
    return ReleasedArchitecture(
        width=width,
        depth=len(_numbers(rf"{_PAIN}\.blocks\.", tensors)),
        registers=registers,
        reference=any(name.startswith("neutral_encoder.") for name in tensors),
        binary=tuple(sorted(_numbers(r"pspi_binary_heads\.", tensors))),
        rank=rank,
        alpha=alpha,
        patch=patch,
    )


def _numbers(prefix: str, names: Iterable[str]) -> set[int]:
    """The numbers that follow a prefix among names."""
    return {int(match[1]) for name in names if (match := re.match(prefix + r"(\d{1,3})\.", name))}


def _line(text: object) -> str:
    """One short line of whatever a file or a reader says."""
    return "".join(letter if letter.isprintable() else "?" for letter in " ".join(str(text).split()))[:120]
