"""What works with the core alone, what each extra adds, and what is reported without it."""

import pytest

pytest.importorskip("tomllib", reason="reads pyproject.toml with Python 3.11")

from environments import PROJECT, declared, make_environment, normalised

from painctl.extras import EXTRAS, package_of

GENERATOR = (
    "sample-ids -n 2 --seed 3 -o ids.h5",
    "render-depth ids.h5 --size 64 -o depth.h5",
    "synth-neutral depth.h5 -o portraits.h5",
    "texture portraits.h5 --size 128 -o textures.h5",
    "texture portraits.h5 --engine bake --size 128 -o baked.h5",
    "rig textures.h5 --pspi 12 -o faces.h5 --expressions 1",
    "render-views faces.h5 --views 1 --size 96 -o frames.h5",
    "pack frames.h5 -o dataset.h5",
    "pack frames.h5 --format folder -o folder",
    "inspect dataset.h5 --sheet sheet.png",
    "engines",
)
MESH = "sample-ids --model mesh --mesh head.obj --age 40 --gender man --ethnicity White -o mesh.h5"
WITHOUT = {
    "predict picture.png": "predict",
    "pretrain dataset.h5 -o model": "train",
    "cv dataset.h5": "train",
    "align-train dataset.h5": "train",
    "likeness-train dataset.h5": "train",
    "rig-train": "train",
    "inspect painctl": "predict",
    "demo -o demo": "train",
    "rig --engine neural textures.h5 -o neural.h5": "train",
    MESH: "train",
    "synth-neutral --engine kandinsky depth.h5 -o painted.h5": "kandinsky",
    "render-views --inpaint kandinsky faces.h5 -o painted.h5": "kandinsky",
    "render-depth --renderer pytorch3d ids.h5 -o other.h5": "pytorch3d",
    "pack frames.h5 --format parquet -o parquet": "parquet",
}


@pytest.fixture(scope="module")
def core(tmp_path_factory):
    return make_environment(tmp_path_factory.mktemp("core"))


@pytest.fixture(scope="module")
def chain(core, tmp_path_factory):
    """A folder with what the generator makes in the core environment."""
    folder = tmp_path_factory.mktemp("chain")
    for line in GENERATOR:
        done = core.run(*line.split(), folder=folder)
        assert done.returncode == 0, (line, done.stderr)
    return folder


def test_the_generator_needs_neither_torch_nor_anny(core, chain):
    """The environment of the chain has none of them, so that any import of one would have failed."""
    heavy = {"torch", "anny", "warp", "transformers", "peft", "accelerate", "sklearn"}
    assert not heavy & {path.name for path in core.packages.iterdir()}
    assert (chain / "sheet.png").stat().st_size > 1000


@pytest.mark.parametrize("line", WITHOUT)
def test_a_missing_extra_is_reported_in_one_line(core, chain, line):
    before = set(chain.iterdir())
    done = core.run(*line.split(), folder=chain)
    (message,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert message.endswith(f", not installed: pip install 'painctl[{WITHOUT[line]}]'")
    assert set(chain.iterdir()) == before


def test_the_list_of_engines_says_how_to_install_those_that_are_missing(core, chain):
    done = core.run("engines", folder=chain)
    lines = done.stdout.splitlines()
    assert any(line.startswith("sample-ids ") and line.endswith(" anny                     works") for line in lines)
    for extra in ("predict", "train", "kandinsky", "pytorch3d"):
        assert any(" missing " in line and line.endswith(f"pip install 'painctl[{extra}]'") for line in lines), extra


def test_the_predict_extra_is_enough_to_predict(chain, tmp_path_factory):
    environment = make_environment(tmp_path_factory.mktemp("predict"), "predict")
    done = environment.run("predict", "frames.h5", "--csv", "--picture", "drawn.png", folder=chain)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1 + 2  # a row for each painful frame


def test_the_extras_are_those_of_the_project():
    core_packages = {requirement.name for requirement in declared()}
    assert EXTRAS.keys() == PROJECT["optional-dependencies"].keys() - {"all", "dev", "test"}
    for extra, modules in EXTRAS.items():
        packages = {normalised(requirement.name) for requirement in declared(extra)} - core_packages
        assert {normalised(package_of(module)) for module in modules} == packages, extra
