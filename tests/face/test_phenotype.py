import numpy as np
import pytest

from painctl.face.anny_head import _eye_middle, _to_our_axes
from painctl.face.phenotype import PHENOTYPES
from painctl.files.descriptors import redirected


@pytest.fixture(scope="module")
def anny():
    """The reference: anny's own model of the whole body."""
    with redirected(1, 2):
        from anny import Anny

        return Anny(facial_actions="all", phenotypes="all", local_changes="all")


def reference(model, names, coefficients):
    """Vertices at rest with anny's own weights, float [V', 3] in our axes."""
    import torch

    value = dict(zip(names, map(float, coefficients), strict=True))
    phenotypes = torch.tensor([[value.get(name, 0.5) for name in model.phenotype_labels]])
    local = torch.tensor([[value.get(name, 0.0) for name in model.local_change_labels]])
    still = torch.zeros(1, len(model.facial_action_labels))
    weights = model._get_phenotype_blendshape_coefficients(phenotypes, local, still)
    return _to_our_axes((model.template_vertices + torch.einsum("k,kvc->vc", weights[0], model.blendshapes)).numpy())


@pytest.mark.parametrize("reach", [0.0, 0.3, 1.0])
def test_every_shape_matches_anny(head, anny, reach):
    from scipy.spatial import cKDTree

    body = _to_our_axes(anny.template_vertices.numpy()) - _eye_middle(anny)
    distance, match = cKDTree(body).query(head.template)
    uncut = distance < 1e-7
    assert uncut.sum() == len(head.template) - 132  # all but those on the cut
    rng = np.random.default_rng(3)
    names = head.topology.coefficient_names
    for _ in range(5):
        local = rng.uniform(-reach, reach, len(names) - len(PHENOTYPES))
        coefficients = np.concatenate([rng.random(len(PHENOTYPES)), local])
        computed = head.neutral(coefficients)[uncut]
        expected = reference(anny, names, coefficients)[match[uncut]]
        np.testing.assert_allclose(computed - computed.mean(0), expected - expected.mean(0), atol=2e-6)
