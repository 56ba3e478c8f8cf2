import numpy as np
import pytest
from made_flame import make_arrays, pickled

from painctl.face.demographics import assign, load_demographics
from painctl.face.flame.head import TRUNCATION, licence, load_flame
from painctl.face.flame.model import vertices
from painctl.face.flame.model_file import encode, read_flame
from painctl.face.head import VERSION, eye_centres
from painctl.face.identity import draw_identity


@pytest.fixture(scope="module")
def drawn(flame):
    groups = assign(load_demographics("balanced"), 48, 2)
    return groups, [draw_identity(flame, 2, i, *group) for i, group in enumerate(groups)]


def test_coefficients_are_normal_and_truncated(drawn):
    betas = np.stack([person.coefficients for person in drawn[1]])
    assert betas.shape == (48, 300)
    assert betas.dtype == np.float32
    assert np.abs(betas).max() <= TRUNCATION == 2
    # a normal distribution truncated at 2 has a standard deviation of 0.880
    assert abs(betas.mean()) < 0.03
    assert abs(betas.std() - 0.880) < 0.02
    assert 0.01 < (np.abs(betas) > 1.8).mean() < 0.05


def test_a_person_does_not_depend_on_others(flame, drawn):
    redrawn = draw_identity(flame, 2, 31, *drawn[0][31])
    np.testing.assert_array_equal(redrawn.coefficients, drawn[1][31].coefficients)
    assert not np.array_equal(draw_identity(flame, 3, 31, *drawn[0][31]).coefficients, redrawn.coefficients)


def test_demographics_are_recorded(drawn):
    for (age, gender, ethnicity), person in zip(*drawn, strict=True):
        assert (person.age_group, person.gender, person.ethnicity) == (age, gender, ethnicity)
        assert person.prompt.endswith(f"{age} {ethnicity} {gender} with a neutral expression")
    melanin = {group[2]: person.melanin for group, person in zip(*drawn, strict=True)}
    assert melanin["Black"] > melanin["White"]


def test_the_neutral_is_the_model_s_with_the_origin_between_the_eyes(flame, drawn):
    for person in drawn[1][:5]:
        face = flame.neutral(person.coefficients)
        np.testing.assert_allclose(eye_centres(flame.topology, face).mean(0), 0, atol=1e-7)
        raw = vertices(flame.model, person.coefficients)
        np.testing.assert_allclose(face - face[0], raw - raw[0], atol=1e-6)
        assert face.dtype == np.float32


def test_the_cached_topology_is_the_same(flame, flame_file, flame_cache, monkeypatch):
    monkeypatch.setenv("PAINCTL_CACHE", str(flame_cache))
    messages = []
    cached = load_flame(flame_file, progress=messages.append)
    assert messages == []
    assert cached.name == flame.name
    for field in ("faces", "uvs", "uv_faces", "regions", "landmark_faces", "landmark_barycentric", "actions"):
        np.testing.assert_array_equal(getattr(cached.topology, field), getattr(flame.topology, field))
    assert cached.topology.region_names == flame.topology.region_names
    assert cached.topology.coefficient_names == tuple(f"shape{number}" for number in range(1, 301))


@pytest.mark.parametrize("ending", [".npz", ".safetensors"])
def test_a_converted_model_is_the_same_head(flame, flame_file, flame_cache, monkeypatch, tmp_path, ending):
    monkeypatch.setenv("PAINCTL_CACHE", str(flame_cache))
    path = tmp_path / f"generic_model{ending}"
    path.write_bytes(encode(read_flame(flame_file), ending))
    head = load_flame(path, flame_file.with_name("head_template.obj"))
    assert head.name == flame.name
    betas = np.linspace(-1, 1, 300, dtype=np.float32)
    np.testing.assert_array_equal(head.neutral(betas), flame.neutral(betas))


def test_the_history_has_licence_and_truncation(flame):
    assert flame.name.startswith("flame-generic_model/")
    assert flame.facts == {
        "licence": flame.licence,
        "truncation": 2.0,
        "actions": f"transferred from {VERSION}",
    }


@pytest.mark.parametrize("name", ["generic_model.pkl", "flame2023.pkl", "flame2023_no_jaw.npz", "open.pkl"])
def test_the_licence_follows_the_file_name(name, tmp_path):
    assert "non-commercial" in licence(tmp_path / name)
    assert "CC-BY-4.0" in licence(tmp_path / "flame2023_Open.pkl")


def test_a_model_of_another_mesh_is_rejected(tmp_path, flame_cache, monkeypatch):
    monkeypatch.setenv("PAINCTL_CACHE", str(flame_cache))
    values = make_arrays()
    (tmp_path / "flame2023.pkl").write_bytes(pickled(values))
    corners = "\n".join("f " + " ".join(f"{vertex + 1}/1" for vertex in face) for face in values["f"])
    (tmp_path / "head_template.obj").write_text(f"vt 0 0\n{corners}\n")
    with pytest.raises(ValueError, match=r"flame2023\.pkl: its mesh has .* separate parts; FLAME's has three"):
        load_flame(tmp_path / "flame2023.pkl")
