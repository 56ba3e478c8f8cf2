import numpy as np

from painctl.vitpain.sources import Subset, people


def test_a_subset_is_a_source_of_its_rows(drawn_faces):
    source = drawn_faces([1, 2], 3)
    part = Subset(source, np.array([5, 1]))
    assert (len(part), part.subject.tolist()) == (2, [2, 1])
    assert np.array_equal(part.picture(0), source.picture(5))
    assert part.neutrals(1) == source.neutrals(1)
    assert np.array_equal(part.neutral(6), source.neutral(6))
    assert part.names == ["2/5", "1/1"]
    assert part.groups["parity"].tolist() == ["even", "odd"]
    assert np.array_equal(part.aus, source.aus[[5, 1]])
    assert np.array_equal(part.pspi, source.pspi[[5, 1]])
    assert people(part) == ["1", "2"]
