"""Reading a pickle as data: nothing that it names is imported or called.

Python's unpickler calls any function that a file names. This one walks the opcodes with `pickletools`, which only
parses, and builds lists, dicts and strings. In place of an object it builds a `Record`: the name of its class, the
arguments of the call, and its state. A name outside `ALLOWED` stops it at once.
"""

from __future__ import annotations

import pickletools
from dataclasses import dataclass
from typing import Any, Final

# The classes and functions in the published FLAME files, under their names in Python 2 and 3 and in all versions of
# numpy and scipy. Whole packages are not allowed: numpy alone has dozens of functions that open files.
ALLOWED: Final = {
    *(f"numpy{core}.multiarray.{name}" for core in (".core", "._core") for name in ("_reconstruct", "scalar")),
    *(f"numpy{core}.numeric._frombuffer" for core in (".core", "._core")),
    "numpy.ndarray",
    "numpy.dtype",
    *(
        f"scipy.sparse.{module}{kind}_{end}"
        for kind in ("csc", "csr", "coo")
        for module in (f"{kind}.", f"_{kind}.", "")
        for end in ("matrix", "array")
    ),
    "chumpy.ch.Ch",
    "chumpy.reordering.Select",
    "copy_reg._reconstructor",
    "copyreg._reconstructor",
    "__builtin__.object",
    "builtins.object",
    "_codecs.encode",
}
_OPCODES = 1_000_000  # a FLAME file has a few hundred


class PickleError(ValueError):
    """A pickle that is damaged, or that holds something a FLAME model does not need."""


@dataclass(frozen=True)
class Name:
    """The name of a class or function, not looked up."""

    name: str


@dataclass(eq=False)
class Record:
    """An object that is not created: what would be called, its arguments, and the state to be set."""

    name: str
    args: tuple[Any, ...]
    state: Any = None


_PLAIN: Final[dict[str, Any]] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_LITERAL = {
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
    *("STRING", "BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
    *("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
}


def quoted(value: Any) -> str:
    """A string or an integer for an error message, in at most 60 characters; for other values, the name of the type.

    A few bytes can encode nested tuples whose text would exhaust the memory or the stack.
    """
    if isinstance(value, str):
        return "".join(letter if letter.isprintable() else "?" for letter in value[:60])
    return str(value) if isinstance(value, int) and abs(value) < 1 << 64 else type(value).__name__


def read(data: bytes) -> Any:
    """The contents of a pickle, with a `Record` for each object. Python 2's str becomes str of code points below 256.

    Raises PickleError that says what is wrong, and at which byte.
    """
    machine = _Machine()
    offset = 0
    try:
        for opcode, arg, position in pickletools.genops(data):
            offset = position or 0
            if opcode.name == "STOP":
                return machine.pop()
            machine.step(opcode.name, arg)
    except PickleError as error:
        raise PickleError(f"{error} (byte {offset})") from None
    except (ValueError, IndexError, KeyError, TypeError, OverflowError) as error:
        reason = " ".join(str(error).split())[:100] or type(error).__name__
        raise PickleError(f"not a complete pickle: {reason} (byte {offset})") from None
    raise PickleError(f"not a complete pickle: it does not end (byte {offset})")


class _Machine:
    """The stack machine of a pickle, which cannot call anything."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []  # height of the stack at each mark, the lowest first
        self.memo: dict[int, Any] = {}
        self.steps = 0

    def top(self) -> Any:
        if self.marks and self.marks[-1] == len(self.stack):
            raise PickleError("it has a mark in place of a value")
        return self.stack[-1]

    def pop(self) -> Any:
        value = self.top()
        del self.stack[-1]
        return value

    def step(self, name: str, arg: Any) -> None:
        self.steps += 1
        if self.steps > _OPCODES:
            raise PickleError(f"it has more than {_OPCODES} opcodes")
        if name in _LITERAL:
            self.stack.append(arg)
        elif name in _PLAIN:
            self.stack.append(_PLAIN[name])
        elif handler := getattr(self, f"_{name.lower()}", None):
            handler(arg)
        else:
            raise PickleError(f"it has the opcode {name}, which a FLAME model does not need")

    def _proto(self, arg: Any) -> None:
        pass

    _frame = _proto

    def _mark(self, arg: Any) -> None:
        self.marks.append(len(self.stack))

    def _since_mark(self) -> list[Any]:
        start = self.marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def _pop(self, arg: Any) -> None:
        if self.marks and self.marks[-1] == len(self.stack):
            self.marks.pop()
        else:
            self.stack.pop()

    def _pop_mark(self, arg: Any) -> None:
        self._since_mark()

    def _dup(self, arg: Any) -> None:
        self.stack.append(self.top())

    def _put(self, arg: Any) -> None:
        self.memo[int(arg)] = self.top()

    _binput = _long_binput = _put

    def _memoize(self, arg: Any) -> None:
        self.memo[len(self.memo)] = self.top()

    def _get(self, arg: Any) -> None:
        self.stack.append(self.memo[int(arg)])

    _binget = _long_binget = _get

    def _empty_list(self, arg: Any) -> None:
        self.stack.append([])

    def _list(self, arg: Any) -> None:
        self.stack.append(self._since_mark())

    def _append(self, arg: Any) -> None:
        self._grow([self.pop()])

    def _appends(self, arg: Any) -> None:
        self._grow(self._since_mark())

    def _grow(self, items: list[Any]) -> None:
        target = self.top()
        if not isinstance(target, list):
            raise PickleError("it appends to something that is not a list")
        target.extend(items)

    def _empty_tuple(self, arg: Any) -> None:
        self.stack.append(())

    def _tuple(self, arg: Any) -> None:
        self.stack.append(tuple(self._since_mark()))

    def _tuple1(self, arg: Any, count: int = 1) -> None:
        items = [self.pop() for _ in range(count)]
        self.stack.append(tuple(items[::-1]))

    def _tuple2(self, arg: Any) -> None:
        self._tuple1(arg, 2)

    def _tuple3(self, arg: Any) -> None:
        self._tuple1(arg, 3)

    def _empty_dict(self, arg: Any) -> None:
        self.stack.append({})

    def _dict(self, arg: Any) -> None:
        items = self._since_mark()
        self.stack.append({})
        self._set(items)

    def _setitem(self, arg: Any) -> None:
        value, key = self.pop(), self.pop()
        self._set([key, value])

    def _setitems(self, arg: Any) -> None:
        self._set(self._since_mark())

    def _set(self, items: list[Any]) -> None:
        target = self.top()
        if not isinstance(target, dict) or len(items) % 2:
            raise PickleError("it sets an item of something that is not a dict")
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, str | int):  # hashing nested tuples may never end
                raise PickleError(f"it has a key that is a {type(key).__name__}")
            target[key] = value

    def _global(self, arg: Any) -> None:
        self._named(*str(arg).split(" ", 1))

    def _stack_global(self, arg: Any) -> None:
        name, module = self.pop(), self.pop()
        self._named(module, name)

    def _named(self, module: Any, name: Any) -> None:
        if not (isinstance(module, str) and isinstance(name, str) and f"{module}.{name}" in ALLOWED):
            raise PickleError(f"it imports {quoted(module)}.{quoted(name)}, which a head model does not need")
        self.stack.append(Name(f"{module}.{name}"))

    def _reduce(self, arg: Any) -> None:
        args, target = self.pop(), self.pop()
        if not isinstance(target, Name) or not isinstance(args, tuple):
            raise PickleError("it calls something that is not a function")
        if target.name.endswith("._reconstructor"):
            target, args = args[0] if args else None, ()
            if not isinstance(target, Name):
                raise PickleError("it creates an instance of something that is not a class")
        self.stack.append(Record(target.name, args))

    _newobj = _reduce

    def _build(self, arg: Any) -> None:
        state, target = self.pop(), self.top()
        if not isinstance(target, Record):
            raise PickleError("it sets the state of something that is not an object")
        target.state = state
