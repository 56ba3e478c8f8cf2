"""A small synthetic FLAME model, and its file in the published format: a Python 2 pickle with chumpy objects."""

import io
import pickle
import sys
import types
from typing import ClassVar

import numpy as np
from scipy.sparse import csc_matrix

VERTICES = 60


def make_arrays(seed=0):
    """The contents of a model's pickle."""
    rng = np.random.default_rng(seed)
    regressor, weights = rng.random((5, VERTICES)) * (rng.random((5, VERTICES)) < 0.3), rng.random((VERTICES, 5))
    regressor[:, 0] += 1e-3
    return {
        "v_template": rng.normal(0, 0.1, (VERTICES, 3)),
        "shapedirs": rng.normal(0, 1e-3, (VERTICES, 3, 400)),
        "posedirs": np.asfortranarray(rng.normal(0, 1e-4, (VERTICES, 3, 36))),
        "J_regressor": csc_matrix(regressor / regressor.sum(1, keepdims=True)),
        "kintree_table": np.array([[2**32 - 1, 0, 1, 1, 1], [0, 1, 2, 3, 4]], np.uint32),
        "weights": weights / weights.sum(1, keepdims=True),
        "f": rng.integers(0, VERTICES, (110, 3)).astype(np.uint32),
        "J": rng.normal(0, 0.1, (5, 3)),
        "bs_style": "lbs",
    }


class _Python2(pickle._Pickler):
    """Writes bytes like Python 2 writes str."""

    dispatch: ClassVar = dict(pickle._Pickler.dispatch)

    def _bytes(self, data):
        self.write(pickle.BINSTRING + len(data).to_bytes(4, "little") + data)
        self.memoize(data)

    dispatch[bytes] = _bytes


def pickled(values, chumpy=(), protocol=2, python2=True):
    """The bytes of a model file. The arrays named in `chumpy` become chumpy.ch.Ch objects."""
    modules = {name: types.ModuleType(name) for name in ("chumpy", "chumpy.ch", "chumpy.reordering")}
    sys.modules.update(modules)
    try:
        classes = {}
        for module, name in (("chumpy.ch", "Ch"), ("chumpy.reordering", "Select")):
            classes[name] = type(name, (), {"__module__": module, "__qualname__": name})
            setattr(modules[module], name, classes[name])
        values = {name: _as_ch(classes["Ch"], value) if name in chumpy else value for name, value in values.items()}
        if "selected" in chumpy:
            values["shapedirs"] = _as_select(classes, values["shapedirs"])
        buffer = io.BytesIO()
        (_Python2 if python2 else pickle._Pickler)(buffer, protocol).dump(values)
    finally:
        for name in modules:
            del sys.modules[name]
    data = buffer.getvalue()
    if python2:  # use the module names of that time
        data = data.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
        data = data.replace(b"cscipy.sparse._csc\n", b"cscipy.sparse.csc\n")
    return data


def _as_ch(ch_class, array):
    ch = ch_class()
    ch.__dict__ = {"x": array, "_dirty_vars": [], "_itr": None, "_depends_on_deps": {}}
    return ch


def _as_select(classes, array):
    select = classes["Select"]()
    transposed = np.ascontiguousarray(array.transpose(2, 0, 1))
    idxs = np.arange(transposed.size).reshape(transposed.shape).transpose(1, 2, 0).ravel()
    select.__dict__ = {"a": _as_ch(classes["Ch"], transposed), "idxs": idxs, "preferred_shape": array.shape}
    return select
