"""Kandinsky 2.2 in its real architecture at a tiny size, with random weights, saved in diffusers' format."""

import json
import re
import string
from types import SimpleNamespace

import pytest

from painctl.diffusion.prompts import NOT_ABOUT_FACES, NOT_IN_PORTRAITS, PLACES
from painctl.face.demographics import GROUPS

WIDTH = 32  # of the text encoder, and of the embeddings

_BLOCKS = {
    "down_block_types": ("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
    "up_block_types": ("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
    "mid_block_type": "UNetMidBlock2DSimpleCrossAttn",
    "block_out_channels": (32, 64),
    "layers_per_block": 1,
    "encoder_hid_dim": WIDTH,
    "encoder_hid_dim_type": "image_proj",
    "attention_head_dim": 4,
    "resnet_time_scale_shift": "scale_shift",
    "out_channels": 8,  # mean and variance
}


def make_tokenizer(folder):
    """A CLIP tokenizer with a token for each word of our prompts, and one per letter for other words.

    Returns it and the number of its tokens.
    """
    from transformers import CLIPTokenizer

    folder.mkdir(parents=True)
    text = " ".join((NOT_IN_PORTRAITS, NOT_ABOUT_FACES, *PLACES, *(p for group in GROUPS.values() for p in group)))
    merges: dict[tuple[str, str], str] = {}
    for word in sorted(set(re.findall("[a-z]{2,}", text.lower()))):
        so_far = word[0]
        for letter in (*word[1:-1], f"{word[-1]}</w>"):
            merges[so_far, letter] = so_far = so_far + letter
    letters = [*string.ascii_lowercase, *string.punctuation, *string.digits]
    ends = [f"{letter}</w>" for letter in letters]
    tokens = list(dict.fromkeys(["<|startoftext|>", "<|endoftext|>", *letters, *ends, *merges.values()]))
    (folder / "vocab.json").write_text(json.dumps({token: number for number, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
    return CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77), len(tokens)


def make_prior(folder):
    """The prior with its CLIP models."""
    import torch
    from diffusers import KandinskyV22PriorPipeline, PriorTransformer, UnCLIPScheduler
    from transformers import (
        CLIPImageProcessor,
        CLIPTextConfig,
        CLIPTextModelWithProjection,
        CLIPVisionConfig,
        CLIPVisionModelWithProjection,
    )

    torch.manual_seed(0)
    tokenizer, tokens = make_tokenizer(folder.parent / "tokenizer")
    sizes = {"hidden_size": WIDTH, "projection_dim": WIDTH, "intermediate_size": 37, "num_attention_heads": 4}
    text = CLIPTextConfig(
        **sizes, num_hidden_layers=2, vocab_size=tokens, bos_token_id=0, eos_token_id=1, pad_token_id=1
    )
    vision = CLIPVisionConfig(**sizes, num_hidden_layers=2, image_size=28, patch_size=14)
    prior = PriorTransformer(num_attention_heads=2, attention_head_dim=12, embedding_dim=WIDTH, num_layers=1)
    prior.clip_std.data.fill_(1)  # initialised to 0, which would make all embeddings equal to their mean
    KandinskyV22PriorPipeline(
        prior=prior,
        image_encoder=CLIPVisionModelWithProjection(vision),
        text_encoder=CLIPTextModelWithProjection(text),
        tokenizer=tokenizer,
        scheduler=UnCLIPScheduler(prediction_type="sample", clip_sample_range=10.0),
        image_processor=CLIPImageProcessor(crop_size=28, size=28),
    ).save_pretrained(folder)


def make_decoder(folder, kind, scheduler=None):
    """A decoder, KandinskyV22ControlnetPipeline or KandinskyV22InpaintPipeline."""
    import diffusers
    import torch
    from diffusers import DDPMScheduler, UNet2DConditionModel, VQModel

    torch.manual_seed(1)
    inputs = {
        "KandinskyV22ControlnetPipeline": {
            "in_channels": 8,
            "addition_embed_type": "image_hint",
            "cross_attention_dim": 100,
        },
        "KandinskyV22InpaintPipeline": {"in_channels": 9, "addition_embed_type": "image", "cross_attention_dim": 32},
    }[kind]
    movq = VQModel(
        block_out_channels=[32, 32, 64, 64],
        down_block_types=["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "AttnDownEncoderBlock2D"],
        up_block_types=["AttnUpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"],
        latent_channels=4,
        layers_per_block=1,
        norm_num_groups=8,
        norm_type="spatial",
        num_vq_embeddings=12,
        vq_embed_dim=4,
    )
    schedule = DDPMScheduler(beta_schedule="linear", beta_start=0.00085, beta_end=0.012, clip_sample=False)
    getattr(diffusers, kind)(
        unet=UNet2DConditionModel(**_BLOCKS, **inputs), scheduler=scheduler or schedule, movq=movq
    ).save_pretrained(folder)


@pytest.fixture(scope="session")
def kandinsky(tmp_path_factory):
    """Folders of the three pipelines: prior, controlnet, inpaint."""
    folder = tmp_path_factory.mktemp("kandinsky")
    make_prior(folder / "tiny-prior")
    make_decoder(folder / "tiny-controlnet", "KandinskyV22ControlnetPipeline")
    make_decoder(folder / "tiny-inpaint", "KandinskyV22InpaintPipeline")
    return SimpleNamespace(
        prior=folder / "tiny-prior", controlnet=folder / "tiny-controlnet", inpaint=folder / "tiny-inpaint"
    )
