import numpy as np
import pytest
from made_flame import VERTICES, make_arrays, pickled

from painctl.face.flame.model_file import CONVERTED, encode, read_flame


def read(tmp_path, data, name="generic_model.pkl"):
    path = tmp_path / name
    path.write_bytes(data)
    return read_flame(path)


def equals(model, values):
    assert np.array_equal(model.template, values["v_template"])
    assert np.array_equal(model.shapes, values["shapedirs"])
    assert np.array_equal(model.pose_shapes, values["posedirs"])
    assert np.array_equal(model.joint_regressor, values["J_regressor"].toarray())
    assert np.array_equal(model.weights, values["weights"])
    assert np.array_equal(model.faces, values["f"])
    assert model.parents.tolist() == [-1, 0, 1, 1, 1]


@pytest.mark.parametrize(
    ("chumpy", "protocol", "python2"),
    [
        ((), 2, True),
        (("v_template", "shapedirs", "posedirs"), 2, True),
        (("shapedirs", "selected"), 2, True),
        ((), 0, False),
        (("weights",), 3, False),
        (("v_template",), 4, False),
        (("shapedirs",), 5, False),
    ],
)
def test_the_published_pickle_is_read_to_the_bit(tmp_path, chumpy, protocol, python2):
    values = make_arrays()
    plain = tuple(name for name in chumpy if name != "shapedirs") if "selected" in chumpy else chumpy
    equals(read(tmp_path, pickled(values, plain, protocol, python2)), values)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # scipy.sparse.csc, as it was
def test_what_is_pickled_is_what_pickle_reads():
    """The made file is one that Python's own unpickler takes for the same arrays."""
    import pickle

    values = make_arrays()
    again = pickle.loads(pickled(values), encoding="latin1")
    assert np.array_equal(again["shapedirs"], values["shapedirs"])
    assert np.array_equal(again["J_regressor"].toarray(), values["J_regressor"].toarray())


@pytest.mark.parametrize("ending", CONVERTED)
def test_converted_files_hold_the_same_model(tmp_path, ending):
    values = make_arrays()
    model = read(tmp_path, pickled(values, ("shapedirs",)))
    data = encode(model, ending)
    assert data == encode(model, ending)
    equals(read(tmp_path, data, f"flame{ending}"), values)


def without(name):
    return lambda values: values.pop(name)


def put(name, value):
    return lambda values: values.update({name: value})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without("f"), "no f in it"),
        (put("v_template", np.zeros((VERTICES, 2))), r"template is \[60, 2\], expected \[60, 3\]"),
        (put("shapedirs", np.zeros((VERTICES, 3, 10))), r"shapes is \[60, 3, 10\], expected \[60, 3, 400\]"),
        (put("shapedirs", np.full((VERTICES, 3, 400), np.nan)), "shapes .* holds what it must not"),
        (put("f", np.full((110, 3), VERTICES, np.uint32)), "faces name vertices that are not among its 60"),
        (put("f", np.zeros((110, 3))), "faces .float64. holds what it must not"),
        (put("weights", np.ones((VERTICES, 5))), "rows of weights do not sum to 1"),
        (put("kintree_table", np.zeros((2, 5), np.uint32)), "parents are no tree"),
        (put("kintree_table", np.zeros(5, np.uint32)), "kintree_table is"),
        (put("posedirs", np.array([None] * 4)), "posedirs holds O8, not numbers"),
        (put("posedirs", [1, 2]), "posedirs is a list, not an array"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, change, words):
    values = make_arrays()
    change(values)
    with pytest.raises(ValueError, match=rf"generic_model\.pkl: not a FLAME model: .*{words}"):
        read(tmp_path, pickled(values))


@pytest.mark.parametrize("ending", CONVERTED)
def test_a_damaged_conversion_is_named(tmp_path, ending):
    data = encode(read(tmp_path, pickled(make_arrays())), ending)
    for cut in (0, 7, len(data) // 2, len(data) - 9):
        with pytest.raises(ValueError, match=rf"flame{ending}: not a FLAME model"):
            read(tmp_path, data[:cut], f"flame{ending}")


def test_an_unknown_ending_is_told(tmp_path):
    with pytest.raises(ValueError, match=r"model\.txt: a FLAME .* one of \.pkl, \.safetensors, \.npz"):
        read(tmp_path, b"", "model.txt")
