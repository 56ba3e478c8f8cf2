import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from painctl.diffusion.hub import CONTROLNET, Weights, find_weights
from painctl.diffusion.pipelines import Machine, Prior, Sample, filled, loaded, on_grid, to_bytes

SAMPLES = [Sample(prompt, 7, number, "portrait/0") for number, prompt in enumerate(("a man", "a woman", "a man"))]


def test_a_sample_s_random_numbers_are_its_own():
    def first(sample, part="picture"):
        return torch.randn(1, generator=sample.generator(part)).item()

    sample = SAMPLES[0]
    assert first(sample) == first(replace(sample, prompt="other"))
    others = [replace(sample, seed=8), replace(sample, identity=1), replace(sample, purpose="portrait/1")]
    assert len({first(sample), first(sample, "prior"), *map(first, others)}) == 5


def test_embeddings_do_not_depend_on_the_company(recipe):
    prior = Prior(recipe(batch=3))
    together = prior.embed(SAMPLES)
    for row, sample in enumerate(SAMPLES):
        alone = prior.embed([sample])
        for name in ("wanted", "unwanted"):
            assert torch.equal(getattr(alone, name)[0], getattr(together, name)[row])
    assert not torch.equal(together.wanted[0], together.wanted[1])
    assert not torch.equal(together.wanted[0], together.wanted[2])  # the same words, another person


def test_the_negative_prompt_is_heard(recipe):
    told = [Prior(recipe(negative=text)).embed(SAMPLES[:1]).unwanted[0] for text in ("hat", "glasses", "")]
    assert not torch.equal(told[0], told[1])
    assert not torch.equal(told[0], told[2])
    with pytest.raises(ValueError, match=r"202 tokens, but CLIP reads only 77; shorten it"):
        Prior(recipe(negative="hat, " * 100))


def test_the_embedding_of_nothing_is_that_of_a_black_picture(recipe):
    """What the pipeline takes where there is no negative prompt."""
    prior = Prior(recipe(negative=""))
    zero = prior._pipe.get_zero_embed(1)
    assert torch.equal(prior.embed(SAMPLES[:1]).unwanted[0], zero[0])


@pytest.mark.parametrize("device", ["cpu", "cpu:0"])
def test_the_cpu_has_one_thread(recipe, device):
    asked, before = recipe(), torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        loaded(CONTROLNET, asked.decoder, replace(asked.machine, device=device).resolved())
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


@pytest.mark.skipif(torch.cuda.is_available(), reason="auto is the GPU here")
def test_auto_without_a_gpu_has_one_thread(recipe):
    asked, before = recipe(), torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        loaded(CONTROLNET, asked.decoder, Machine().resolved())
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


def test_machine():
    assert Machine("cpu").resolved() == Machine("cpu", "fp32")
    assert Machine("cpu", "bf16").resolved().torch_dtype is torch.bfloat16
    assert Machine().resolved().device == ("cuda" if torch.cuda.is_available() else "cpu")
    with pytest.raises(ValueError, match="--device bread: not usable by torch"):
        Machine("bread").resolved()
    with pytest.raises(ValueError, match="--offload model: needs a GPU"):
        Machine("cpu", offload="model").resolved()


@pytest.mark.parametrize("dtype", ["fp16", "bf16"])
def test_half_precision_and_slicing(recipe, dtype):
    asked = recipe()
    prior = Prior(replace(asked, machine=replace(asked.machine, dtype=dtype, attention_slicing=True)))
    whole = Prior(asked).embed(SAMPLES[:2]).wanted
    half = prior.embed(SAMPLES[:2]).wanted
    assert half.dtype is {"fp16": torch.float16, "bf16": torch.bfloat16}[dtype]
    np.testing.assert_allclose(half.float(), whole, atol=0.2)


def test_weights_that_do_not_fit_are_told_in_one_line(recipe, kandinsky, tmp_path):
    folder = shutil.copytree(kandinsky.controlnet, tmp_path / "broken")
    (folder / "movq" / "diffusion_pytorch_model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ValueError, match="broken: cannot be loaded as KandinskyV22ControlnetPipeline") as error:
        loaded(CONTROLNET, find_weights(CONTROLNET, str(folder)), recipe().machine)
    assert "\n" not in str(error.value)


def test_a_record_names_all_that_shapes_a_picture(recipe):
    asked = recipe()
    record = asked.record
    assert record["prior"] == "tiny-prior"
    assert record["revision"] == asked.decoder.revision
    assert (record["dtype"], record["steps"], record["prior_steps"], record["negative_prompt"]) == ("fp32", 2, 2, "hat")
    elsewhere = replace(asked, machine=replace(asked.machine, batch=8, attention_slicing=True))
    assert elsewhere.record == record
    moved = replace(asked, decoder=Weights(asked.decoder.folder / "..", asked.decoder.name, "other"))
    assert moved.record != record


def test_small_helpers():
    assert filled("ab", 4) == ["a", "b", "b", "b"]
    assert [on_grid(size) for size in (64, 65, 512, 600)] == [64, 128, 512, 640]
    assert to_bytes(np.array([[[-1, 0.5, 2]]])).tolist() == [[[0, 128, 255]]]
    with pytest.raises(ValueError, match="--dtype bf16 or fp32"):
        to_bytes(np.array([[[0, np.nan, 0]]]))
