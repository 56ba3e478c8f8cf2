from painctl.runs.description import difference


def test_equal_descriptions_have_no_difference():
    assert difference({"seed": 1, "settings": {"epochs": 3}}, {"settings": {"epochs": 3}, "seed": 1}) == ""


def test_the_first_difference_is_named_with_both_values():
    old = {"settings": {"epochs": 3, "seed": 5}, "dataset": "a"}
    assert difference(old, {"settings": {"epochs": 3, "seed": 6}, "dataset": "a"}) == "seed 5 (now 6)"
    assert difference(old, {"settings": old["settings"]}) == "dataset a (now None)"
    assert difference({"folds": list(range(40))}, {"folds": 2}).endswith("... (now 2)")
