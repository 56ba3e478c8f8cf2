import json
import shutil

import pytest

from painctl.diffusion.hub import CONTROLNET, INPAINT, PRIOR, find_weights


@pytest.fixture
def folder(kandinsky, tmp_path):
    """A copy of the tiny depth ControlNet, for tests that damage it."""
    return shutil.copytree(kandinsky.controlnet, tmp_path / "copy")


def test_a_local_folder_is_identified_by_its_contents(kandinsky, folder):
    original, copied = (find_weights(CONTROLNET, str(path)) for path in (kandinsky.controlnet, folder))
    assert (original.name, copied.name) == ("tiny-controlnet", "copy")
    assert original.revision == copied.revision
    weights = folder / "movq" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    assert find_weights(CONTROLNET, str(folder)).revision != original.revision
    (folder / "README.md").write_text("not loaded")
    assert len(find_weights(CONTROLNET, str(folder)).revision) == 40


def test_the_hub_is_not_contacted_by_default(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    for pipeline in (PRIOR, CONTROLNET, INPAINT):
        with pytest.raises(FileNotFoundError, match=f"{pipeline.hub}: not downloaded yet; --allow-download fetches it"):
            find_weights(pipeline)
    with pytest.raises(FileNotFoundError, match=r"kandinsky-2-2-prior at v2: not downloaded yet"):
        find_weights(PRIOR, revision="v2")
    with pytest.raises(FileNotFoundError, match="'no such folder': neither a folder nor a hub id"):
        find_weights(PRIOR, "no such folder")


def test_earlier_downloads_are_used_and_their_commit_is_recorded(kandinsky, monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    commit, cached = "0123456789abcdef0123456789abcdef01234567", tmp_path / "models--own--inpaint"
    shutil.copytree(kandinsky.inpaint, cached / "snapshots" / commit)
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text(commit)
    for revision in (None, "main", commit):
        weights = find_weights(INPAINT, "own/inpaint", revision)
        assert (weights.name, weights.revision) == ("own/inpaint", commit)
    with pytest.raises(FileNotFoundError, match="own/inpaint at v2: not downloaded yet"):
        find_weights(INPAINT, "own/inpaint", "v2")


def test_another_pipeline_is_rejected(kandinsky):
    with pytest.raises(ValueError, match="says 'KandinskyV22InpaintPipeline', not 'KandinskyV22ControlnetPipeline'"):
        find_weights(CONTROLNET, str(kandinsky.inpaint))


@pytest.mark.parametrize(
    ("part", "entry"),
    [
        ("unet", ["subprocess", "Popen"]),
        ("unet", ["my_module", "UNet2DConditionModel"]),
        ("movq", ["diffusers", "AutoencoderKL"]),
        ("scheduler", ["diffusers", "os.system"]),
        ("scheduler", None),
    ],
)
def test_only_the_classes_of_kandinsky_are_loaded(folder, part, entry):
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps({**index, part: entry}))
    with pytest.raises(ValueError, match=rf"its {part} is .*; not loaded"):
        find_weights(CONTROLNET, str(folder))


def test_pickled_weights_do_not_count(folder):
    (folder / "unet" / "diffusion_pytorch_model.safetensors").rename(folder / "unet" / "diffusion_pytorch_model.bin")
    with pytest.raises(
        FileNotFoundError, match=r"no unet/\*\.safetensors in it; download it with --allow-download, or"
    ):
        find_weights(CONTROLNET, str(folder))


def test_a_folder_that_is_not_a_model_is_rejected(folder, tmp_path):
    (folder / "model_index.json").write_text("[]")
    with pytest.raises(ValueError, match=r"model_index\.json: a list of 0, not a JSON object"):
        find_weights(CONTROLNET, str(folder))
    with pytest.raises(FileNotFoundError, match=r"no model_index\.json in it; give a folder"):
        find_weights(CONTROLNET, str(tmp_path))
    with pytest.raises(ValueError, match="a folder has no revision main"):
        find_weights(CONTROLNET, str(folder), "main")
