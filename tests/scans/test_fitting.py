import made_meshes
import numpy as np
import pytest

from painctl.face.head import eye_centres
from painctl.scans.fitting import Fitter
from painctl.scans.mesh_file import read_mesh


def read(parts, folder, **options):
    return read_mesh(made_meshes.write_obj(parts, folder / "head.obj", **options))


@pytest.fixture(scope="module")
def fitted(fitter, parts, tmp_path_factory):
    return fitter.fit(read(parts, tmp_path_factory.mktemp("fit")))


def off(head, vertices, person, region="face"):
    """Distances in millimetres from a person's vertices in a region."""
    chosen = head.topology.region(region) > 0.5
    return 1000 * np.linalg.norm(vertices[chosen] - person[chosen], axis=1)


def test_a_person_on_other_vertices_is_recovered(head, fitted, person):
    assert np.median(off(head, fitted.vertices, person)) < 1
    assert np.quantile(off(head, fitted.vertices, person), 0.9) < 3
    landmarks = [head.topology.landmarks(vertices) for vertices in (fitted.vertices, person)]
    assert 1000 * np.linalg.norm(landmarks[0] - landmarks[1], axis=1).max() < 4
    assert fitted.distance < 2e-4


def test_the_unit_and_the_pitch_are_found(fitted):
    assert "pitch -12" in str(fitted.alignment) or "pitch -11" in str(fitted.alignment)
    assert str(fitted.alignment).endswith("in centimetres")


def test_the_eyes_are_those_of_the_mesh_and_the_origin_is_between_them(head, fitted, person):
    fitted_values, truth = (eye_centres(head.topology, vertices) for vertices in (fitted.vertices, person))
    np.testing.assert_allclose(fitted_values, truth, atol=5e-4)
    np.testing.assert_allclose(fitted_values.mean(0), 0, atol=1e-6)
    assert fitted.mended == ()


def test_the_surface_of_the_mesh_is_returned_in_the_heads_frame(fitted, parts, tmp_path):
    skin = parts["skin"][0]
    mesh = read(parts, tmp_path)
    fitted_values = np.sort(np.round(fitted.surface[np.unique(mesh.faces)], 3), 0)
    assert abs(fitted_values[:, 1].max() - skin[:, 1].max()) < 2e-3
    assert abs(fitted_values[:, 2].max() - skin[:, 2].max()) < 2e-3


def test_a_scan_with_holes_and_without_eyes_is_mended(head, fitter, parts, person, tmp_path):
    scan = {"skin": made_meshes.cut(parts["skin"], _holes)}
    result = fitter.fit(read(scan, tmp_path, units=1000.0))
    assert result.mended[0] == "eyeballs"
    assert any(part.endswith("of the scalp") for part in result.mended)
    assert np.median(off(head, result.vertices, person)) < 2.5  # with the place between the eyes, which it lacks
    assert np.linalg.norm(result.vertices - person, axis=1).max() < 0.05  # the open head's shape, not a spike
    apart = np.diff(eye_centres(head.topology, result.vertices)[:, 0])
    assert apart == pytest.approx(np.diff(eye_centres(head.topology, person)[:, 0]), abs=0.003)


def _holes(points):
    behind = points[:, 2] < -0.11
    cheek = np.linalg.norm(points - (0.05, -0.04, 0.0), axis=1) < 0.012
    return ~(behind | cheek) & (points[:, 1] > -0.15)


def test_a_head_in_no_usual_unit_keeps_its_size(head, fitter, parts, person, tmp_path):
    result = fitter.fit(read(parts, tmp_path, units=37.0, pitch=0.0))
    size = np.linalg.norm(np.diff(eye_centres(head.topology, result.vertices), axis=0))
    truth = np.linalg.norm(np.diff(eye_centres(head.topology, person), axis=0))
    assert size == pytest.approx(truth, rel=0.12)
    assert "units per metre" in str(result.alignment)


def test_layers_on_the_skin_do_not_hide_the_eyes(head, fitter, parts, person, tmp_path):
    """A film of tears, attached to the skin around an eye, is not taken for its lids."""
    vertices, faces = parts["skin"]
    centre = eye_centres(head.topology, person.astype(float))[0]
    margin = person[head.topology.lid_margins() & (person[:, 0] > 0)].astype(float)
    near = np.unique([np.linalg.norm(vertices - point, axis=1).argmin() for point in margin])
    order = near[np.argsort(np.arctan2(*(vertices[near, :2] - centre[:2]).T))]
    film = np.stack([order, np.roll(order, -1), np.full(len(order), len(vertices))], 1)
    tip = centre + np.array([0, 0, 0.019])
    layered = parts | {"skin": (np.concatenate([vertices, tip[None]]), np.concatenate([faces, film]))}
    result = fitter.fit(read(layered, tmp_path))
    assert np.median(off(head, result.vertices, person, "lids")) < 1.5


def _sphere(head, person):
    directions = person - person.mean(0)
    return (0.11 * directions / np.linalg.norm(directions, axis=1, keepdims=True)).astype(float), head.topology.faces


def test_other_things_are_refused(head, fitter, parts, person, tmp_path):
    with pytest.raises(ValueError, match=r"is it a (whole )?head\?$"):
        fitter.fit(read({"ball": _sphere(head, person)}, tmp_path))
    half = {"skin": made_meshes.cut(parts["skin"], lambda points: points[:, 0] > 0)}
    with pytest.raises(ValueError, match=r"is it a (whole )?head\?$"):
        fitter.fit(read(half, tmp_path))


@pytest.mark.parametrize(
    ("opening", "reason"), [(0.35, r"its mouth is open by 1\d mm"), (1.0, "its lips are wide apart, or missing")]
)
def test_an_open_mouth_is_refused(head, fitter, person, tmp_path, opening, reason):
    shouting = person + opening * head.topology.actions[head.topology.action_names.index("jawOpen")]
    with pytest.raises(ValueError, match=f"^{reason}; a neutral head has its lips closed$"):
        fitter.fit(read(made_meshes.parts_of(head, shouting), tmp_path))


def test_a_shape_model_of_another_head_is_refused(head, fitter):
    model = fitter._model
    with pytest.raises(ValueError, match="another version of the open head"):
        Fitter(head, type(model)(model.mean[1:], model.modes[:, 1:], model.faces))
