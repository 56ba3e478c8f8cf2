import json
import resource
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from painctl.diffusion.hub import CONTROLNET, PRIOR, Weights, find_weights
from painctl.diffusion.pipelines import Machine, Prior, Sample, grid_side, load_pipeline, padded, to_bytes

SAMPLES = [Sample(prompt, 7, number, "portrait/0") for number, prompt in enumerate(("a man", "a woman", "a man"))]


def test_random_numbers_depend_on_the_sample_and_the_part():
    def first(sample, part="picture"):
        return torch.randn(1, generator=sample.generator(part)).item()

    sample = SAMPLES[0]
    assert first(sample) == first(replace(sample, prompt="other"))
    others = [replace(sample, seed=8), replace(sample, identity=1), replace(sample, purpose="portrait/1")]
    assert len({first(sample), first(sample, "prior"), *map(first, others)}) == 5


def test_embeddings_do_not_depend_on_the_rest_of_the_batch(recipe):
    prior = Prior(recipe(batch=3))
    together = prior.embed(SAMPLES)
    for row, sample in enumerate(SAMPLES):
        alone = prior.embed([sample])
        for name in ("positive", "negative"):
            assert torch.equal(getattr(alone, name)[0], getattr(together, name)[row])
    assert not torch.equal(together.positive[0], together.positive[1])
    assert not torch.equal(together.positive[0], together.positive[2])  # the same prompt, another person


def test_the_negative_prompt_changes_the_embedding(recipe):
    embeddings = [Prior(recipe(negative=text)).embed(SAMPLES[:1]).negative[0] for text in ("hat", "glasses", "")]
    assert not torch.equal(embeddings[0], embeddings[1])
    assert not torch.equal(embeddings[0], embeddings[2])
    with pytest.raises(ValueError, match=r"202 tokens, but CLIP reads only 77; shorten it"):
        Prior(recipe(negative="hat, " * 100))


def test_without_a_negative_prompt_the_embedding_is_that_of_a_black_picture(recipe):
    """As in diffusers' pipeline."""
    prior = Prior(recipe(negative=""))
    zero = prior._pipe.get_zero_embed(1)
    assert torch.equal(prior.embed(SAMPLES[:1]).negative[0], zero[0])


@pytest.mark.parametrize("device", ["cpu", "cpu:0"])
def test_torch_uses_one_thread_on_the_cpu(recipe, device):
    tiny, before = recipe(), torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        load_pipeline(CONTROLNET, tiny.decoder, replace(tiny.machine, device=device).resolved())
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


@pytest.mark.skipif(torch.cuda.is_available(), reason="auto selects the GPU")
def test_torch_uses_one_thread_if_auto_selects_the_cpu(recipe):
    tiny, before = recipe(), torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        load_pipeline(CONTROLNET, tiny.decoder, Machine().resolved())
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


def test_machines_are_resolved_and_checked():
    assert Machine("cpu").resolved() == Machine("cpu", "fp32")
    assert Machine("cpu", "bf16").resolved().torch_dtype is torch.bfloat16
    assert Machine().resolved().device == ("cuda" if torch.cuda.is_available() else "cpu")
    with pytest.raises(ValueError, match="--device bread: not usable by torch"):
        Machine("bread").resolved()
    with pytest.raises(ValueError, match="--offload model: needs a GPU"):
        Machine("cpu", offload="model").resolved()


@pytest.mark.parametrize("dtype", ["fp16", "bf16"])
def test_half_precision_and_slicing(recipe, dtype):
    tiny = recipe()
    prior = Prior(replace(tiny, machine=replace(tiny.machine, dtype=dtype, attention_slicing=True)))
    full = Prior(tiny).embed(SAMPLES[:2]).positive
    half = prior.embed(SAMPLES[:2]).positive
    assert half.dtype is {"fp16": torch.float16, "bf16": torch.bfloat16}[dtype]
    np.testing.assert_allclose(half.float(), full, atol=0.2)


def test_weights_that_do_not_fit_are_reported_in_one_line(recipe, kandinsky, tmp_path):
    folder = shutil.copytree(kandinsky.controlnet, tmp_path / "broken")
    (folder / "movq" / "diffusion_pytorch_model.safetensors").write_bytes(b"no weights")
    with pytest.raises(
        ValueError, match=r"broken/movq/diffusion_pytorch_model\.safetensors: damaged or not safetensors"
    ) as error:
        load_pipeline(CONTROLNET, find_weights(CONTROLNET, str(folder)), recipe().machine)
    assert "\n" not in str(error.value)


def test_the_record_has_everything_that_affects_a_picture(recipe):
    tiny = recipe()
    record = tiny.record
    assert record["prior"] == "tiny-prior"
    assert record["revision"] == tiny.decoder.revision
    assert (record["dtype"], record["steps"], record["prior_steps"], record["negative_prompt"]) == ("fp32", 2, 2, "hat")
    elsewhere = replace(tiny, machine=replace(tiny.machine, batch=8, attention_slicing=True))
    assert elsewhere.record == record
    moved = replace(tiny, decoder=Weights(tiny.decoder.folder / "..", tiny.decoder.name, "other"))
    assert moved.record != record


def test_padding_grid_and_bytes():
    assert padded("ab", 4) == ["a", "b", "b", "b"]
    assert [grid_side(size) for size in (64, 65, 512, 600)] == [64, 128, 512, 640]
    assert to_bytes(np.array([[[-1, 0.5, 2]]])).tolist() == [[[0, 128, 255]]]
    with pytest.raises(ValueError, match="--dtype bf16 or fp32"):
        to_bytes(np.array([[[0, np.nan, 0]]]))


@pytest.mark.parametrize(
    ("file", "changes", "message"),
    [
        ("unet/config.json", {"block_out_channels": [320_000, 640_000]}, "describes a model of [0-9,]+ numbers"),
        ("unet/config.json", {"layers_per_block": 10**9}, "layers_per_block is 1000000000, expected a whole"),
        ("unet/config.json", {"layers_per_block": -1}, "layers_per_block is -1, expected a whole"),
        ("unet/config.json", {"layers_per_block": "2"}, "not a valid configuration of UNet2DConditionModel"),
        ("unet/config.json", {"cross_attention_dim": 1e999}, "not valid JSON: Infinity is not a number"),
        ("movq/config.json", {"num_vq_embeddings": 10**10}, "describes a model of [0-9,]+ numbers"),
        ("movq/config.json", {"down_block_types": ["DownEncoderBlock2D"] * 10**5}, "describes [0-9,]+ layers"),
        ("scheduler/scheduler_config.json", {"num_train_timesteps": 10**12}, "num_train_timesteps is 1000000000000"),
        ("unet/config.json", "[" * 100_000, "not valid JSON: nested too deeply"),
        ("movq/config.json", "\0", "not a text file"),
        ("movq/diffusion_pytorch_model.safetensors", "x" * 100, "damaged or not safetensors"),
        ("unet/config.json", "version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
        (
            "movq/diffusion_pytorch_model.safetensors",
            "version https://git-lfs.github.com/spec/v1\n",
            "a Git LFS pointer",
        ),
    ],
)
def test_a_folder_is_checked_before_it_is_loaded(kandinsky, recipe, tmp_path, file, changes, message):
    folder = shutil.copytree(kandinsky.controlnet, tmp_path / "copy")
    path, machine = folder / file, recipe().machine
    text = changes if isinstance(changes, str) else json.dumps({**json.loads(path.read_text()), **changes})
    path.write_text(text)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match=rf"copy.*{message}") as caught:
        load_pipeline(CONTROLNET, Weights(folder, "copy", ""), machine)
    assert "\n" not in str(caught.value)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("prior/config.json", {"num_embeddings": 10**5}),
        ("text_encoder/config.json", {"num_hidden_layers": 10**9}),
        ("text_encoder/config.json", {"vocab_size": 10**9}),
        ("image_encoder/config.json", {"image_size": 10**6}),
    ],
)
def test_the_parts_of_the_prior_are_bounded_by_their_weights(kandinsky, recipe, tmp_path, file, changes):
    folder = shutil.copytree(kandinsky.prior, tmp_path / "copy")
    path, machine = folder / file, recipe().machine
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match=rf"copy/{file}"):
        load_pipeline(PRIOR, Weights(folder, "copy", ""), machine)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB
