import json
import os
import struct
import zipfile
from dataclasses import asdict

import numpy as np
import pytest
from made_flame import VERTICES, make_arrays, pickled

from painctl.face.flame.model_file import CONVERTED, encode, read_flame


def read(tmp_path, data, name="generic_model.pkl"):
    path = tmp_path / name
    path.write_bytes(data)
    return read_flame(path)


def assert_same(model, values):
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
    assert_same(read(tmp_path, pickled(values, plain, protocol, python2)), values)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # for scipy.sparse.csc, its old name
def test_the_test_file_is_a_real_pickle():
    """Python's own unpickler reads the same arrays from it."""
    import pickle

    values = make_arrays()
    unpickled = pickle.loads(pickled(values), encoding="latin1")
    assert np.array_equal(unpickled["shapedirs"], values["shapedirs"])
    assert np.array_equal(unpickled["J_regressor"].toarray(), values["J_regressor"].toarray())


@pytest.mark.parametrize("ending", CONVERTED)
def test_converted_files_hold_the_same_model(tmp_path, ending):
    values = make_arrays()
    model = read(tmp_path, pickled(values, ("shapedirs",)))
    data = encode(model, ending)
    assert data == encode(model, ending)
    assert_same(read(tmp_path, data, f"flame{ending}"), values)


def without(name):
    return lambda values: values.pop(name)


def put(name, value):
    return lambda values: values.update({name: value})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without("f"), "f is missing"),
        (put("v_template", np.zeros((VERTICES, 2))), r"template is \[60, 2\], expected \[60, 3\]"),
        (put("shapedirs", np.zeros((VERTICES, 3, 10))), r"shapes is \[60, 3, 10\], expected \[60, 3, 400\]"),
        (put("shapedirs", np.full((VERTICES, 3, 400), np.nan)), "shapes .float64. must hold finite floats"),
        (put("f", np.full((110, 3), VERTICES, np.uint32)), "faces have vertex numbers outside 0..59"),
        (put("f", np.zeros((110, 3))), "faces .float64. must hold finite integers"),
        (put("weights", np.ones((VERTICES, 5))), "rows of weights do not sum to 1"),
        (put("kintree_table", np.zeros((2, 5), np.uint32)), "parents must be a tree"),
        (put("kintree_table", np.zeros(5, np.uint32)), "kintree_table is"),
        (
            put("kintree_table", np.full((2, 5), np.nan)),
            r"kintree_table is \[2, 5\] of float64, expected \[2, 5\] of integers",
        ),
        (put("posedirs", np.array([None] * 4)), "posedirs holds O8, not numbers"),
        (put("posedirs", [1, 2]), "posedirs is a list, not an array"),
    ],
)
def test_invalid_arrays_are_reported(tmp_path, change, words):
    values = make_arrays()
    change(values)
    with pytest.raises(ValueError, match=rf"generic_model\.pkl: not a FLAME model: .*{words}"):
        read(tmp_path, pickled(values))


@pytest.mark.parametrize("ending", CONVERTED)
def test_a_damaged_file_is_reported(tmp_path, ending):
    data = encode(read(tmp_path, pickled(make_arrays())), ending)
    for cut in (0, 7, len(data) // 2, len(data) - 9):
        with pytest.raises(ValueError, match=rf"flame{ending}: not a FLAME model"):
            read(tmp_path, data[:cut], f"flame{ending}")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.full((VERTICES, 3), "x"), "template .<U1. must hold finite floats"),
        (np.zeros((VERTICES, 3), complex), "template .complex128. must hold finite floats"),
        (np.zeros((VERTICES, 3), "M8[s]"), "template .datetime64.s.. must hold finite floats"),
        (np.zeros((VERTICES, 3), "V8"), "template ..V8. must hold finite floats"),
        (np.full((VERTICES, 3), None), "Object arrays cannot be loaded"),
    ],
)
def test_arrays_that_are_not_numbers_are_reported(tmp_path, values, words):
    arrays = {**asdict(read(tmp_path, pickled(make_arrays()))), "template": values}
    np.savez(tmp_path / "flame.npz", **arrays)
    with pytest.raises(ValueError, match=rf"flame\.npz: not a FLAME model: {words}"):
        read_flame(tmp_path / "flame.npz")


def test_other_members_of_an_archive_are_not_read(tmp_path):
    arrays = asdict(read(tmp_path, pickled(make_arrays())))
    np.savez(tmp_path / "flame.npz", **arrays, more=np.array([None]))
    assert np.array_equal(read_flame(tmp_path / "flame.npz").template, arrays["template"])


def test_a_single_array_is_not_a_model(tmp_path):
    with (tmp_path / "flame.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(ValueError, match=r"flame\.npz: not a FLAME model: not an archive written by numpy\.savez"):
        read_flame(tmp_path / "flame.npz")


@pytest.mark.parametrize(("kind", "width"), [("BF16", 2), ("F8_E4M3", 1)])
def test_number_types_that_numpy_lacks_are_reported(tmp_path, kind, width):
    header = json.dumps({"template": {"dtype": kind, "shape": [2, 3], "data_offsets": [0, 6 * width]}}).encode()
    data = struct.pack("<Q", len(header)) + header + bytes(6 * width)
    with pytest.raises(
        ValueError, match=r"not a FLAME model: (a number type that numpy does not support|\w+ is missing)"
    ):
        read(tmp_path, data, "flame.safetensors")


def test_an_unknown_ending_is_rejected(tmp_path):
    with pytest.raises(
        ValueError, match=r"model\.txt: a FLAME model file must end in one of \.pkl, \.safetensors, \.npz"
    ):
        read(tmp_path, b"", "model.txt")


def test_special_files_placeholders_and_bombs_are_reported(tmp_path):
    for name in ("generic_model.pkl", "flame.safetensors", "flame.npz"):
        with pytest.raises(ValueError, match=f"{name}: a Git LFS pointer"):
            read(tmp_path, b"version https://git-lfs.github.com/spec/v1\n", name)
        (tmp_path / name).unlink()
        os.mkfifo(tmp_path / name)
        with pytest.raises(ValueError, match=f"{name}: a named pipe, not a file"):
            read_flame(tmp_path / name)
        (tmp_path / name).unlink()
    with (
        zipfile.ZipFile(tmp_path / "flame.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("template.npy", "w") as member,
    ):
        for _ in range(520):
            member.write(bytes(1 << 20))
    with pytest.raises(ValueError, match=r"flame\.npz: not a FLAME model: its arrays are 520 MiB, larger than"):
        read_flame(tmp_path / "flame.npz")
