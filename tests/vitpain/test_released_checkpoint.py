import os
import resource
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from made_released import random_state
from safetensors.torch import save_file

from painctl.vitpain.released_checkpoint import load_released


def test_a_state_dict_alone_and_a_model_without_reference_are_read(tmp_path, released_checkpoint):
    state = random_state()
    save_file(state, tmp_path / "weights.safetensors")
    for path in (tmp_path / "weights.safetensors", released_checkpoint()):
        loaded = load_released(path).state_dict()
        assert all(torch.equal(loaded[name], tensor) for name, tensor in state.items())
    alone = load_released(released_checkpoint(state=random_state(reference=False)))
    assert not alone.uses_reference


class Hostile:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


def rejected(path, message):
    """The file is rejected with a message in one printable line."""
    with pytest.raises(ValueError, match=rf"{path.name}: .*{message}") as caught:
        load_released(path)
    assert str(caught.value).isprintable()


def test_nothing_in_a_file_is_run(released_checkpoint, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")  # which some set for their own files
    rejected(
        released_checkpoint(callbacks=Hostile(str(tmp_path / "owned"))),
        r"contains posix\.mkdir, .* nothing in it was run",
    )
    assert not (tmp_path / "owned").exists()
    rejected(released_checkpoint(hyper_parameters={"data": Path("images")}), r"contains pathlib\.PosixPath, ")
    path = tmp_path / "unlisted.ckpt"
    torch.save(
        {"state_dict": Hostile(str(tmp_path / "owned"))}, path, pickle_protocol=4
    )  # created by an instruction, without naming the global
    rejected(path, "contains pickle instructions .* nothing in it was run")
    assert not (tmp_path / "owned").exists()


def test_lora_alpha_is_read_from_the_file(released_checkpoint, pictures):
    with torch.no_grad():
        once, twice = (
            load_released(released_checkpoint(hyper_parameters={"lora_alpha": alpha}))(*pictures) for alpha in (16, 32)
        )
    assert not torch.allclose(once.pspi, twice.pspi)
    assert load_released(released_checkpoint(hyper_parameters={})).architecture.alpha == 16
    for value in (None, 12.5, "16", 0):
        rejected(
            released_checkpoint(hyper_parameters={"lora_alpha": value}),
            f"lora_alpha is {value!r} .* expected a whole number",
        )


def test_weights_do_not_share_memory_or_keep_half_precision(released_checkpoint):
    """A file may expand one number to a tensor, or store half precision."""
    state = {name: tensor.half() for name, tensor in random_state().items()}
    state["au_queries"] = torch.ones(1, 1).expand(6, 64)
    model = load_released(released_checkpoint(state=state))
    assert model.au_queries.untyped_storage().nbytes() == 4 * 6 * 64
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: state.pop("au_queries"), "au_queries is missing"),
        (
            lambda state: state.update({"pspi_head.2.bias": torch.zeros(3)}),
            r"pspi_head\.2\.bias has shape \[3\]; the released model expects \[512\]",
        ),
        (
            lambda state: state.update({"au_head.bias": torch.full((1,), np.nan)}),
            r"au_head\.bias has NaN or infinite values",
        ),
        (lambda state: state.update({"au_head.scale": torch.zeros(1)}), r"au_head\.scale is not in the released model"),
        (lambda state: state.update({"teacher.bias": torch.zeros(1)}), r"teacher\.bias is not in the released model"),
        (lambda state: state.update({"au_head.\n\x1b[31m": torch.zeros(1)}), "au_head.* is not in the released model"),
        (
            lambda state: state.update({"vit_model.base_model.model.blocks.999.x": torch.zeros(1)}),
            r"blocks\.\d+\..* \(\d+ such weights\)",
        ),
        *(
            (
                lambda state, value=value: state.update({"au_head.bias": value}),
                r"au_head\.bias is not an array of real numbers",
            )
            for value in (
                torch.zeros(1, dtype=torch.int64),
                torch.zeros(1, dtype=torch.complex64),
                torch.zeros(1, device="meta"),
            )
        ),
        (lambda state: [state.pop(name) for name in list(state) if "lora" in name], "not a checkpoint of the released"),
        (lambda state: state.clear(), "not a checkpoint of the released"),
    ],
)
def test_the_error_names_what_does_not_fit(released_checkpoint, change, message):
    state = random_state()
    change(state)
    rejected(released_checkpoint(state=state), message)


def test_files_that_are_not_checkpoints_are_rejected(tmp_path, released_checkpoint):
    with pytest.raises(FileNotFoundError, match="nowhere: no such checkpoint"):
        load_released(tmp_path / "nowhere")
    rejected(released_checkpoint(state={"au_head.bias": 3}), "no state_dict of tensors")
    path = released_checkpoint()
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    rejected(path, "cut short")
    path.write_bytes(data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :])
    rejected(path, "does not match its checksum")
    for name, message in (("text.pt", "not written by torch.save"), ("text.safetensors", "damaged or not safetensors")):
        (tmp_path / name).write_text("<html>no such file</html>")
        rejected(tmp_path / name, message)


def test_sizes_are_bounded_by_the_file(released_checkpoint, tmp_path):
    """A view repeats one number over any shape, and a compressed archive unpacks to any size."""
    state = random_state()
    wide = {name: torch.zeros(1).expand(tensor.shape) for name, tensor in random_state(width=512).items()}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rejected(released_checkpoint(state=wide), "its weights repeat a few numbers over [0-9,]+ MB; save the state_dict")
    path = tmp_path / "bomb.pt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(10_000_000))
    rejected(path, "compressed, which torch.save does not do")
    layers = {f"vit_model.base_model.model.blocks.{layer}.x": torch.zeros(1) for layer in range(2, 100)}
    rejected(released_checkpoint(state={**state, **layers}), "such weights")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # kB


@pytest.mark.parametrize("name", ["best.ckpt", "best.pt", "best.safetensors"])
def test_special_files_and_placeholders_are_named(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    rejected(path, "a Git LFS pointer, not the file itself; run `git lfs pull`")
    path.unlink()
    os.mkfifo(path)
    rejected(path, "a named pipe, not a file")
