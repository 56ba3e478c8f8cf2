import json
import os
import resource
import subprocess

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from painctl import __version__
from painctl.files.seals import SUMS, write_sums
from painctl.vitpain import checkpoints
from painctl.vitpain.checkpoints import load, save
from painctl.vitpain.model_folder import (
    FILES,
    is_trained_with,
    kind_and_architecture,
    trained_on,
    trained_reference_dropout,
)
from painctl.vitpain.settings import TrainingSettings


@pytest.fixture
def folder(tmp_path, tiny):
    save(
        tmp_path / "model",
        tiny(),
        TrainingSettings(seed=3),
        "the frontal view",
        ["s1-00002", "s1-00001"],
        [{"epoch": 1, "loss": 0.5}],
    )
    return tmp_path / "model"


@pytest.mark.parametrize("kind", ["whole", "adapters", "stem"])
def test_round_trip_is_exact(tmp_path, tiny, tiny_hybrid, pictures, kind):
    model = (tiny_hybrid() if kind == "stem" else tiny(kind == "adapters")).eval()
    save(
        tmp_path / "model",
        model,
        TrainingSettings(seed=3),
        "the frontal view",
        ["s1-00002", "s1-00001"],
        [{"epoch": 1}],
    )
    loaded = load(tmp_path / "model")
    assert (loaded.version, loaded.training["seed"], loaded.neutral) == (__version__, 3, "the frontal view")
    assert loaded.model.state_dict().keys() == model.state_dict().keys()
    for name, tensor in model.state_dict().items():
        assert torch.equal(loaded.model.state_dict()[name], tensor)
    assert all(torch.equal(a, b) for a, b in zip(loaded.model(*pictures)[:3], model(*pictures)[:3], strict=True))
    assert (tmp_path / "model" / "log.jsonl").read_text() == '{"epoch": 1}\n'


def test_the_same_model_gives_the_same_bytes(tmp_path, folder, tiny):
    save(
        tmp_path / "again",
        tiny(),
        TrainingSettings(seed=3),
        "the frontal view",
        ["s1-00002", "s1-00001"],
        [{"epoch": 1, "loss": 0.5}],
    )
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_the_folder_is_complete_or_absent(tmp_path, tiny, monkeypatch):
    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints, "save_file", no_space)
    with pytest.raises(OSError, match="No space"):
        save(tmp_path / "model", tiny(), TrainingSettings(), "")
    assert not list(tmp_path.iterdir())


def test_the_configuration_records_people_settings_and_architecture(folder, tiny):
    assert trained_on(folder) == ["s1-00001", "s1-00002"]
    assert is_trained_with(folder, TrainingSettings(seed=3))
    assert not is_trained_with(folder, TrainingSettings(seed=4))
    kind, architecture = kind_and_architecture(folder)
    assert (kind, architecture["head_sizes"]) == ("vitpain", list(tiny().architecture.head_sizes))


def test_a_model_needs_a_reference_unless_it_was_trained_without_some(tmp_path, folder, tiny):
    save(tmp_path / "robust", tiny(), TrainingSettings(reference_dropout=0.25), "")
    save(tmp_path / "alone", tiny(reference=False), TrainingSettings(), "")
    needs = [load(tmp_path / name).needs_reference for name in ("model", "robust", "alone")]
    assert needs == [True, False, False]
    assert [trained_reference_dropout(tmp_path / name) for name in ("model", "robust")] == [0, 0.25]


def test_a_model_from_before_the_setting_needs_a_reference(folder):
    change(folder, lambda config: config["training"].pop("reference_dropout"))
    assert load(folder).needs_reference


def test_an_existing_folder_is_replaced_only_with_overwrite(tmp_path, folder, tiny):
    with pytest.raises(FileExistsError, match="model: already exists"):
        save(folder, tiny(), TrainingSettings(), "")
    (folder / ".DS_Store").write_bytes(b"\0")
    save(folder, tiny(), TrainingSettings(seed=8), "", overwrite=True)
    assert load(folder).training["seed"] == 8
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert "| `seed` | 8 |" in (folder / "README.md").read_text()
    (folder / "thesis.txt").write_text("precious")
    with pytest.raises(FileExistsError, match="more than a model's files"):
        save(folder, tiny(), TrainingSettings(), "", overwrite=True)
    assert (folder / "thesis.txt").exists()


def test_missing_files_are_reported(tmp_path, folder):
    with pytest.raises(FileNotFoundError, match="nowhere: no such folder"):
        load(tmp_path / "nowhere")
    with pytest.raises(NotADirectoryError, match=r"config\.json: not a folder"):
        load(folder / "config.json")
    (folder / "model.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match=r"no model\.safetensors"):
        load(folder)


def change(folder, edit):
    path = folder / "config.json"
    config = json.loads(path.read_text())
    edit(config)
    path.write_text(json.dumps(config))
    write_sums(folder)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda config: config.update(model_type="dinov3_vit"), "not a painctl model"),
        (lambda config: config.pop("architecture"), "has no architecture"),
        (lambda config: config["architecture"].pop("preprocess"), "architecture: has no preprocess"),
        (lambda config: config["architecture"].update(head_sizes="big"), "architecture: head_sizes is 'big', expected"),
        (
            lambda config: config["architecture"].update(head_sizes=[8]),
            r"has shape \[16\]; the model of config\.json expects \[8\]",
        ),
        (lambda config: config["architecture"].update(adapters=True), "such weights"),
        (
            lambda config: config["training"].update(reference_dropout="often"),
            "training: reference_dropout is 'often', expected a number from 0 to 1",
        ),
    ],
)
def test_an_invalid_configuration_is_rejected(folder, edit, message):
    change(folder, edit)
    with pytest.raises(ValueError, match=message) as caught:
        load(folder)
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_configuration_that_is_not_json(folder):
    (folder / "config.json").write_text("{")
    write_sums(folder)
    with pytest.raises(ValueError, match=r"config\.json: not valid JSON"):
        load(folder)


@pytest.mark.parametrize("length", [0, 5, 1000, -1])
def test_truncated_weights(folder, length):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:length])
    write_sums(folder)
    with pytest.raises(ValueError, match=r"model\.safetensors: damaged or not safetensors"):
        load(folder)


def test_a_pickle_in_place_of_weights(folder):
    torch.save({"pspi": torch.zeros(1)}, folder / "model.safetensors")
    write_sums(folder)
    with pytest.raises(ValueError, match="damaged or not safetensors"):
        load(folder)


def test_weights_with_nan_or_of_another_model(folder):
    path = folder / "model.safetensors"
    tensors = load_file(path)
    save_file({**tensors, "binary.0.0.weight": torch.full((32,), np.nan)}, path)
    write_sums(folder)
    with pytest.raises(ValueError, match=r"binary\.0\.0\.weight has NaN or infinite values"):
        load(folder)
    tensors.pop("action_units.queries")
    save_file(tensors, path)
    write_sums(folder)
    with pytest.raises(ValueError, match=r"action_units\.queries is missing"):
        load(folder)


def test_every_flipped_bit_is_reported(folder):
    rng = np.random.default_rng(0)
    for path in sorted({*folder.iterdir()} - {folder / "README.md"}):
        whole = path.read_bytes()
        places = range(len(whole)) if len(whole) < 500 else rng.integers(len(whole), size=60).tolist()
        for place in (0, *places, len(whole) - 1):
            flipped = bytearray(whole)
            flipped[place] ^= 1 << int(rng.integers(8))
            path.write_bytes(flipped)
            with pytest.raises((ValueError, FileNotFoundError), match=f"model/.*{SUMS}") as caught:
                load(folder)
            assert caught.type is ValueError or path.name == SUMS
        path.write_bytes(whole)
    load(folder)


def test_added_missing_and_swapped_files_are_reported(tmp_path, folder, tiny):
    save(tmp_path / "other", tiny(seed=1), TrainingSettings(seed=3), "the frontal view")
    (folder / ".DS_Store").write_bytes(b"left by a system")
    load(folder)
    sums = (folder / SUMS).read_text()
    (folder / SUMS).write_text("".join(line for line in sums.splitlines(True) if "model.saf" not in line))
    with pytest.raises(ValueError, match=r"model/model\.safetensors: SHA256SUMS does not list it; move it out"):
        load(folder)
    (folder / SUMS).write_text(sums)
    (folder / "log.jsonl").rename(tmp_path / "log.jsonl")
    with pytest.raises(FileNotFoundError, match=r"model/log\.jsonl: no such file, but SHA256SUMS lists it"):
        load(folder)
    (tmp_path / "log.jsonl").rename(folder / "log.jsonl")
    for name in ("model.safetensors", SUMS):
        own, others = (folder / name).read_bytes(), (tmp_path / "other" / name).read_bytes()
        (folder / name).write_bytes(others)
        for reader in (load, trained_on, kind_and_architecture):
            with pytest.raises(ValueError, match=r"model/.*: not the file that SHA256SUMS lists, but changed"):
                reader(folder)
        (folder / name).write_bytes(own)
    (folder / SUMS).unlink()
    with pytest.raises(FileNotFoundError, match="model: no SHA256SUMS in it; copy the whole folder again"):
        load(folder)


def test_a_card_may_be_edited_and_a_licence_added(folder):
    (folder / "README.md").write_text("My model.")
    (folder / "LICENSE").write_text("MIT")
    (folder / ".gitattributes").write_text("*.safetensors filter=lfs\n")
    assert load(folder).training["seed"] == 3
    (folder / "README.md").unlink()
    load(folder)


SCORES = {"PCC": 0.5, "MAE": 1.0, "AUROC@1": None, "AUROC@2": 0.9, "AUROC@3": 1.0}
ABOUT = {
    "data": {
        "sha256": "ab" * 32,
        "training": {"people": 7, "frames": 70},
        "validation": {"people": 2, "frames": 20},
        "licences": ["a licence of Smith's"],
    },
    "validation": {
        "epoch": 1,
        "scores": SCORES,
        "median": {"pspi": 3.0, "scores": {**SCORES, "PCC": None, "MAE": 2.5}},
    },
    "initial": {"name": "painctl model 0.5", "sha256": "cd" * 32, "licence": "MIT"},
    "date": "2026-12-01",
}


def test_the_card_has_the_metadata_of_the_hub(tmp_path, tiny):
    from huggingface_hub import ModelCard

    save(tmp_path / "model", tiny(), TrainingSettings(), "the frontal view", ["a"], about=ABOUT)
    card = ModelCard.load(tmp_path / "model/README.md")
    assert (card.data.license, card.data.library_name) == ("other", "painctl")
    assert card.data.metrics == ["mae", "pearsonr", "roc_auc"]
    results = {result.metric_name: result.metric_value for result in card.data.eval_results}
    assert results == {name: value for name, value in SCORES.items() if value is not None}
    assert {result.dataset_revision for result in card.data.eval_results} == {"ab" * 32}
    for words in (
        "2 in 20 frames, against an answer that is always 3",
        "| MAE | 1.000 | 2.500 |",
        "| AUROC@1 | – | – |",
        "Trained further from: painctl model 0.5",
        "Date: 2026-12-01",
        "- Data: a licence of Smith's",
        "painctl model 0.5, from which it was trained: MIT",
    ):
        assert words in card.text
    assert "no better than the median" not in card.text


def test_whether_a_model_beats_the_median_is_recorded(tmp_path, folder, tiny):
    assert load(folder).beats_median is None  # of a version that did not record it
    worse = {**ABOUT["validation"], "scores": {**SCORES, "MAE": 2.5}}
    for name, validation in (("good", ABOUT["validation"]), ("bad", worse)):
        save(tmp_path / name, tiny(), TrainingSettings(), "", about={**ABOUT, "validation": validation})
    assert [load(tmp_path / name).beats_median for name in ("good", "bad")] == [True, False]
    assert "**It is no better than the median" in (tmp_path / "bad/README.md").read_text()


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda config: config["validation"]["scores"].update(MAE="low"), "validation: scores: MAE is 'low', expected"),
        (lambda config: config["validation"].pop("median"), "validation: has no median"),
        (lambda config: config["data"].update(training=[7]), "data: training is a list of 1, expected an object"),
        (lambda config: config.update(initial="me"), "initial is 'me', expected an object"),
    ],
)
def test_fields_about_the_training_are_checked(tmp_path, tiny, edit, message):
    save(tmp_path / "model", tiny(), TrainingSettings(), "", about=ABOUT)
    change(tmp_path / "model", edit)
    with pytest.raises(ValueError, match=message):
        load(tmp_path / "model")


def test_sha256sum_agrees(folder):
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", SUMS], cwd=folder, check=True)


def test_a_model_of_an_earlier_version_has_no_checksums(folder):
    change(folder, lambda config: config.pop("checksums"))
    (folder / SUMS).unlink()
    assert load(folder).version == __version__


BACKBONE_ERRORS = [
    ("hidden_size", 40_000, r"has shape .* the model of config\.json expects"),
    ("hidden_size", 10**30, "hidden_size is a very large number, expected a whole number from 1 to"),
    ("hidden_size", -32, "hidden_size is -32, expected"),
    ("hidden_size", True, "hidden_size is True, expected"),
    ("hidden_size", "32", "hidden_size is '32', expected"),
    ("hidden_size", [32] * 10**6, "hidden_size is a list of 1,000,000, expected"),
    ("intermediate_size", 900_000, r"has shape"),
    ("num_hidden_layers", 10**9, "num_hidden_layers is 1000000000, expected a whole number from 1 to"),
    ("num_hidden_layers", 40, "is missing"),
    ("num_hidden_layers", 0, "num_hidden_layers is 0"),
    ("num_attention_heads", 0, "num_attention_heads is 0"),
    ("num_attention_heads", 5, "not a valid model configuration"),
    ("num_attention_heads", 64, "not a valid model configuration"),
    ("patch_size", [16, 10**9], "patch_size is a list of 2"),
    ("patch_size", 2000, "has shape"),
    ("layer_norm_eps", None, "layer_norm_eps is None, expected a number"),
    ("rope_theta", 0, "rope_theta is 0, expected"),
    ("hidden_act", "__import__", "not a valid model configuration"),
    ("num_register_tokens", 10**6, "has shape"),
]


@pytest.mark.parametrize(("field", "value", "message"), BACKBONE_ERRORS)
def test_sizes_in_a_configuration_are_bounded_by_the_weights(folder, field, value, message):
    change(folder, lambda config: config["architecture"]["backbone"].update({field: value}))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match=message) as caught:
        load(folder)
    assert str(folder) in str(caught.value)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("preprocess", {"size": 10**6}, "preprocess: size is 1000000, expected a whole number from 1 to 2,048"),
        ("preprocess", {"size": 8}, "not a valid model configuration"),
        ("preprocess", {"std": [0, 1, 1]}, "std is a list of 3, expected a list of 3 items, each a number from"),
        ("preprocess", [48], "preprocess is a list of 1, expected an object"),
        ("head_sizes", [16] * 10**6, "head_sizes is a list of 1,000,000"),
        ("head_sizes", [900_000], "has shape"),
        ("binary", [1] * 17, "binary is a list of 17"),
        ("adapters", 1, "adapters is 1, expected true or false"),
        ("attention_heads", 7, "not a valid model configuration"),
        ("dropout", 1.5, "dropout is 1.5, expected a number from 0 to 1"),
        ("reference", "yes", "reference is 'yes'"),
        ("colour", 1, "'colour' is not a field of it"),
    ],
)
def test_an_architecture_is_checked_field_by_field(folder, field, value, message):
    change(folder, lambda config: config["architecture"].update({field: value}))
    with pytest.raises(ValueError, match=message) as caught:
        load(folder)
    assert "config.json" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077])
def test_files_have_the_permissions_of_any_new_file(tmp_path, tiny, mask):
    earlier = os.umask(mask)
    try:
        save(tmp_path / "model", tiny(), TrainingSettings(), "")
    finally:
        os.umask(earlier)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "model").iterdir()}
    assert modes == dict.fromkeys(FILES, 0o666 & ~mask)
    assert (tmp_path / "model").stat().st_mode & 0o777 == 0o777 & ~mask


@pytest.mark.parametrize("name", sorted({*FILES} - {"README.md"}))
def test_a_placeholder_is_not_taken_for_the_file(folder, name):
    (folder / name).write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    with pytest.raises(ValueError, match=f"model/{name}: a Git LFS pointer, not the file itself; run `git lfs pull`"):
        load(folder)
