from dataclasses import replace

import numpy as np

from painctl.appearance.teeth import teeth


def test_teeth_form_an_arch_behind_the_lips(head, person):
    vertices = head.neutral(person.coefficients)
    mesh = teeth(person, head.topology, vertices)
    lips = vertices[head.topology.region("lips") > 0.5]
    assert mesh.vertices[:, 2].max() < lips[:, 2].max() - 0.004
    assert 0.045 < np.ptp(mesh.vertices[:, 0]) < 0.075  # metres across the arch
    np.testing.assert_allclose(mesh.vertices[:, 0].mean(), 0, atol=0.001)
    front = mesh.vertices[np.abs(mesh.vertices[:, 0]) < 0.005, 2].mean()
    back = mesh.vertices[np.abs(mesh.vertices[:, 0]) > 0.025, 2].mean()
    assert front > back + 0.004


def test_teeth_yellow_with_age_and_show_less(head, person):
    vertices = head.neutral(person.coefficients)
    young, old = (teeth(replace(person, age=years), head.topology, vertices) for years in (25.0, 80.0))
    crown = young.vertices[:, 1] < np.quantile(young.vertices[:, 1], 0.4)
    assert (old.colour / old.colour.max(1, keepdims=True))[crown, 2].mean() < 0.9 * (
        young.colour / young.colour.max(1, keepdims=True)
    )[crown, 2].mean()
    assert old.vertices[:, 1].min() >= young.vertices[:, 1].min()
