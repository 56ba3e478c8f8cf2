import numpy as np
import pytest

from painctl.face.grooming import _BLACK_ODDS, _CUT_ODDS, CUTS, GARMENTS, draw_grooming


@pytest.fixture(scope="module")
def people():
    def people(age="young", gender="man", ethnicity="White", count=400):
        return [draw_grooming(1, index, age, gender, ethnicity) for index in range(count)]

    return people


def test_grooming_is_reproducible_and_differs_between_people(people):
    assert repr(people()[7]) == repr(draw_grooming(1, 7, "young", "man", "White"))
    assert len({repr(person) for person in people(count=30)}) == 30


def test_every_haircut_and_garment_occurs(people):
    groups = [
        (age, gender, ethnicity)
        for age in ("young", "elderly")
        for gender in ("man", "woman")
        for ethnicity in ("White", "Black")
    ]
    everyone = [person for group in groups for person in people(*group)]
    assert {person.haircut for person in everyone} == set(CUTS)
    assert {person.garment for person in everyone} == set(GARMENTS)


def test_women_are_not_bald_and_few_young_men_are(people):
    assert not {"bald", "receding"} & {person.haircut for person in people("elderly", "woman")}
    old, young = (np.mean([p.haircut in ("bald", "receding") for p in people(age)]) for age in ("elderly", "young"))
    assert old > 3 * young


def test_curliness_follows_the_population(people):
    straight = {
        name: np.mean([p.hair_curl < 0.2 for p in people(ethnicity=name)]) for name in ("East Asian", "White", "Black")
    }
    assert straight["East Asian"] > 0.8 > straight["White"] > 0.3 > straight["Black"] == 0


def test_lengths_match_the_haircut_and_cloth_is_a_colour(people):
    for person in people("young", "woman"):
        assert 0 <= person.hair_curl <= 1
        assert (person.hair_length > 0.1) == (person.haircut not in ("pixie", "bald", "buzz"))
        assert person.cloth.dtype == np.float32
        assert 0 < person.cloth.min() <= person.cloth.max() < 0.9


@pytest.mark.parametrize("table", [_CUT_ODDS, _BLACK_ODDS])
def test_odds_name_haircuts_and_sum_to_a_hundred(table):
    for odds in table.values():
        assert set(odds) <= set(CUTS)
        assert sum(odds.values()) == 100
        assert min(odds.values()) > 0


def test_permed_hair_curls_and_loose_coiled_hair_may_be_relaxed(people):
    permed = [person for person in people("elderly", "woman", "East Asian") if person.haircut == "permed"]
    assert min(person.hair_curl for person in permed) > 0.55
    loose = [person for person in people("young", "woman", "Black") if person.haircut in ("long", "bob")]
    assert max(person.hair_curl for person in loose) <= 0.71
