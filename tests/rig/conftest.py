import pytest

from painctl.face.demographics import assign, load_demographics
from painctl.face.identity import draw_identity


@pytest.fixture(scope="session")
def neutrals(head):
    """Neutral heads of 24 people, one of each age group, gender and ethnicity."""
    groups = assign(load_demographics("balanced"), 24, 5)
    return [head.neutral(draw_identity(head, 5, i, *group).coefficients) for i, group in enumerate(groups)]
