"""Hostile files: nothing in them runs, and each is reported."""

import contextlib
import pickle
import struct
import subprocess
import sys

import numpy as np
import pytest
from made_flame import make_arrays, pickled

from painctl.face.flame.inert_pickle import read
from painctl.face.flame.model_file import read_flame

RAN = "ran"  # the file that each of them would create


class Calls:
    """An object that pickles as a call."""

    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


def in_model(value):
    return pickled({**make_arrays(), "bs_style": value})


def array_that_runs():
    """An array whose bytes are a call, which pickle would run before numpy gets them."""
    head, tail = pickle.dumps(np.arange(3.0), 2), pickle.dumps(Calls(eval, f"open({RAN!r}, 'w')"), 2)
    return head[:-1] + tail[2:-1] + b"b."


def declares(shape, dtype=b"f8"):
    """An array of a shape, of eight bytes."""
    extents = b"".join(b"\x8a\x08" + struct.pack("<q", n) for n in shape)
    return (
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btR(K\x01("
        + extents
        + b"tcnumpy\ndtype\n(U\x02"
        + dtype
        + b"K\x00K\x01tR(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89U\x08AAAAAAAAtb."
    )


def in_place_of(name, pickle_of_value):
    """A model file with the value of another pickle under `name`."""
    values = {key: value for key, value in make_arrays().items() if key != name}
    model = pickled(values)
    key = b"U" + bytes([len(name)]) + name.encode()
    return model[:-1] + key + pickle_of_value[2:-1] + b"s."


def tuples(count, opcode):
    """`count` opcodes that put the top of the stack into a tuple, that into another tuple, and so on."""
    return b"\x80\x04N" + opcode * count


def extents(number, digits=16):
    """A shape of `number` extents, each an integer of `digits` bytes."""
    return b"(" + b"\x8b" + struct.pack("<i", digits) + b"\x01" * digits + b"2" * (number - 1) + b"t"


def of_shape(shape, code=b"U\x02f8", order=b"U\x01<"):
    """An array of eight bytes, with its shape, its dtype's code and byte order as pickled."""
    return (
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btR(K\x01"
        + shape
        + b"cnumpy\ndtype\n("
        + code
        + b"K\x00K\x01tR(K\x03"
        + order
        + b"tb\x89U\x08AAAAAAAAtb."
    )


DOUBLED, DEEP = tuples(60, b"2\x86"), tuples(200_000, b"\x85")  # 2^60 strings; deeper than Python's stack

SHELL = f"touch {RAN}"
HOSTILE = {
    "os.system": (in_model(Calls(__import__("os").system, SHELL)), "posix.system"),
    "builtins.eval": (in_model(Calls(eval, f"open({RAN!r}, 'w')")), "__builtin__.eval"),
    "builtins.exec": (pickle.dumps(Calls(exec, f"open({RAN!r}, 'w')"), 5), "builtins.exec"),
    "subprocess": (pickle.dumps(Calls(subprocess.Popen, ["touch", RAN]), 4), "subprocess.Popen"),
    "protocol 0": (f"cos\nsystem\n(S'{SHELL}'\ntR.".encode(), "os.system"),
    "inst": (f"(S'{SHELL}'\nios\nsystem\n.".encode(), "INST"),
    "obj": (f"(cos\nsystem\nS'{SHELL}'\no.".encode(), "os.system"),
    "obj of an allowed class": (b"(cnumpy\nndarray\nK\x01o.", "OBJ"),
    "extension registry": (b"\x80\x02\x82\x01.", "EXT1"),
    "persistent id": (b"Pleak\n.", "PERSID"),
    "import of a module": (b"cantigravity\nfly\n.", "antigravity.fly"),
    "numpy.load": (b"cnumpy\nload\n(S'x.npy'\ntR.", "numpy.load"),
    "numpy's runstring": (
        f"cnumpy.testing._private.utils\nrunstring\n(S'open({RAN!r})'\n}}tR.".encode(),
        "numpy.testing._private.utils.runstring",
    ),
    "a method of an allowed class": (pickle.dumps(Calls(getattr, np.ndarray, "tofile"), 4), "builtins.getattr"),
    "a dotted name": (b"\x80\x04\x8c\x05numpy\x8c\x0endarray.tofile\x93.", "numpy.ndarray.tofile"),
    "names that are not strings": (b"\x80\x04K\x01K\x02\x93.", "1.2"),
    "nested reduce": (array_that_runs(), "__builtin__.eval"),
    "a call of a call": (b"cnumpy\ndtype\n(S'f8'\ntR(tR.", "it calls something that is not a function"),
    "a state for a class": (
        b"cnumpy\nndarray\n}S'__call__'\nK\x01sb.",
        "it sets the state of something that is not an object",
    ),
    "keys that take forever to hash": (
        b"})p0\n0" + b"(g0\ng0\ntp0\n0" * 60 + b"g0\nK\x01s.",  # sixty pairs of pairs of pairs ...
        "a key that is a tuple",
    ),
    "an array of terabytes": (in_place_of("f", declares((10**12, 3))), "declares"),
    "a negative shape": (in_place_of("f", declares((-1,))), "f has an invalid shape"),
    "an array of objects": (in_place_of("f", declares((1,), b"O8")), "O8, not numbers"),
    "a memo of four billion": (b"\x80\x02Nr\xff\xff\xff\xff.", "its pickle is not a dict"),
    "a string longer than the file": (b"\x80\x02T\xff\xff\xff\x7fab.", "not a complete pickle"),
    "a number with 100,000 digits": (b"I" + b"9" * 100_000 + b"\n.", "not a complete pickle"),
    "an empty file": (b"", "not a complete pickle"),
    "not a pickle": (b"PK\x03\x04 this is a zip", "not a complete pickle"),
    "an empty stack": (b".", "not a complete pickle"),
    "setstate": (
        pickle.dumps(np.dtype("f8"), 2)[:-1] + b"}U\x0c__setstate__cposix\nsystem\nsb.",
        "posix.system",
    ),
    "a pickle in a scalar": (
        in_place_of("f", b"\x80\x02cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(U\x02O8tRU\x03abctR."),
        "f is a numpy.core.multiarray.scalar, not an array",
    ),
    "joblib": (b"\x80\x02cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}b.", "joblib.numpy_pickle.NumpyArrayWrapper"),
    "a buffer from outside": (b"\x80\x05\x97.", "NEXT_BUFFER"),
    "bytes longer than the file": (b"\x80\x05\x96" + struct.pack("<Q", 1 << 40) + b"a.", "not a complete pickle"),
    "keywords": (b"\x80\x04cnumpy\ndtype\n)}\x92.", "NEWOBJ_EX"),
    "a name of 2^60 strings": (DOUBLED + b"\x8c\x01a\x93.", "it imports tuple.a"),
    "a name deeper than the stack": (DEEP + b"\x8c\x01a\x93.", "it imports tuple.a"),
    "a dtype of 2^60 strings": (in_place_of("f", of_shape(b"K\x08\x85", DOUBLED[2:])), "f holds tuple, not numbers"),
    "a dtype deeper than the stack": (in_place_of("f", of_shape(b"K\x08\x85", DEEP[2:])), "f holds tuple, not numbers"),
    "a byte order of 2^60 strings": (in_place_of("f", of_shape(b"K\x01\x85", order=DOUBLED[2:])), "byte order tuple"),
    "an unsupported dtype": (in_place_of("f", of_shape(b"K\x08\x85", b"U\x02f1")), "f holds f1, not numbers"),
    "extents without end": (in_place_of("f", of_shape(extents(3000, 1 << 16))), "f has an invalid shape"),
    "extents too large for an array": (in_place_of("f", of_shape(extents(2))), "f has an invalid shape"),
    "marks over a tall stack": (b"\x80\x02" + b"N" * 200_000 + b"(t0" * 200_000 + b".", "its pickle is not a dict"),
    "a memoised mark": (b"(q\x00h\x00.", "a mark in place of a value"),
    "escape sequences for a terminal": (b"\x80\x04\x8c\x05\x1b[31m\x8c\x01a\x93.", "it imports ?[31m.a"),
    "a list": (b"].", "its pickle is not a dict"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_do_not_run_and_are_reported(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    data, words = HOSTILE[name]
    path = tmp_path / "flame2023.pkl"
    path.write_bytes(data)
    modules_before = set(sys.modules)
    with pytest.raises(ValueError, match="not a FLAME model") as caught:
        read_flame(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [file.name for file in tmp_path.iterdir()] == ["flame2023.pkl"]
    assert {module.split(".")[0] for module in set(sys.modules) - modules_before} <= {"scipy"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # for scipy.sparse.csc, its old name
def test_python_s_own_unpickler_runs_some_of_them(tmp_path, monkeypatch):
    """Python's own unpickler does run these."""
    monkeypatch.chdir(tmp_path)
    for name in ("builtins.eval", "nested reduce", "protocol 0", "inst", "builtins.exec"):
        with contextlib.suppress(TypeError):  # after it ran, since the file that eval opens is not a state for an array
            pickle.loads(HOSTILE[name][0], encoding="latin1")
        assert (tmp_path / RAN).exists(), name
        (tmp_path / RAN).unlink()


def test_every_truncation_of_a_model_is_reported(tmp_path):
    model = pickled(make_arrays(), ("shapedirs",))
    path = tmp_path / "flame2023.pkl"
    for cut in np.unique(np.geomspace(1, len(model) - 1, 80).astype(int)):
        path.write_bytes(model[:cut])
        with pytest.raises(ValueError, match=r"flame2023\.pkl: not a FLAME model"):
            read_flame(path)


def test_flipped_bytes_are_read_or_reported_and_never_crash(tmp_path):
    model = bytearray(pickled(make_arrays(), ("v_template",)))
    rng = np.random.default_rng(0)
    path, reported = tmp_path / "flame2023.pkl", 0
    opcodes = np.flatnonzero(rng.random(len(model)) < 400 / len(model))
    for offset in [*range(0, 200, 2), *opcodes.tolist()]:
        broken = model.copy()
        broken[offset] ^= int(rng.integers(1, 256))
        path.write_bytes(broken)
        try:
            read_flame(path)
        except ValueError as error:
            reported += str(error).startswith(f"{path}: not a FLAME model")
    assert reported > 50


@pytest.mark.parametrize(
    "value", [None, True, 3, -(2**70), 1.5, "text", b"bytes", [1, [2]], (1, 2, 3, 4), {"a": {1: ()}}]
)
@pytest.mark.parametrize("protocol", range(6))
def test_plain_values_are_read_as_pickle_reads_them(value, protocol):
    if isinstance(value, bytes) and protocol < 3:
        pytest.skip("pickled as a call of _codecs.encode")
    assert read(pickle.dumps(value, protocol)) == value
