"""A pickle read as data. Nothing that it names is imported or called.

Python's unpickler calls what a file asks it to call. This one walks the opcodes with `pickletools`, which only parses,
and builds lists, dicts and texts, and a `Record` wherever an object would be made: the name of its class, what it would
be called with, and its state. A name outside `ADMITTED` ends the reading at once.
"""

from __future__ import annotations

import pickletools
from dataclasses import dataclass
from typing import Any, Final

# What the published FLAME files are made of, under the names that Python 2 and 3 and the versions of numpy and scipy
# give them. Whole packages are not admitted: numpy alone has dozens of functions that open files.
ADMITTED: Final = {
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
_OPCODES = 1_000_000  # a FLAME file has some hundreds


class PickleError(ValueError):
    """What a pickle holds that it must not, or cannot."""


@dataclass(frozen=True)
class Name:
    """A class or function that is named and not looked up."""

    name: str


@dataclass(eq=False)
class Record:
    """An object that is not made: what would be called, with what, and the state it would get."""

    name: str
    args: tuple[Any, ...]
    state: Any = None


_PLAIN: Final[dict[str, Any]] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_LITERAL = {
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
    *("STRING", "BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
    *("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
}


def named(value: Any) -> str:
    """A text or a number as an error names it, in at most 60 letters; of all else the type.

    A few bytes write pairs of pairs of pairs, whose text would fill the memory or end the stack.
    """
    if isinstance(value, str):
        return "".join(letter if letter.isprintable() else "?" for letter in value[:60])
    return str(value) if isinstance(value, int) and abs(value) < 1 << 64 else type(value).__name__


def read(data: bytes) -> Any:
    """What a pickle holds, with `Record` for every object. Python 2's texts come as str of code points below 256.

    Raises PickleError that says what is wrong, with the byte it stands at.
    """
    machine = _Machine()
    at = 0
    try:
        for opcode, arg, position in pickletools.genops(data):
            at = position or 0
            if opcode.name == "STOP":
                return machine.pop()
            machine.step(opcode.name, arg)
    except PickleError as error:
        raise PickleError(f"{error} (byte {at})") from None
    except (ValueError, IndexError, KeyError, TypeError, OverflowError) as error:
        reason = " ".join(str(error).split())[:100] or type(error).__name__
        raise PickleError(f"no whole pickle: {reason} (byte {at})") from None
    raise PickleError(f"no whole pickle: it does not end (byte {at})")


class _Machine:
    """The stack machine of a pickle, without the power to call."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []  # how many values lay in it at each mark, the lowest first
        self.memo: dict[int, Any] = {}
        self.steps = 0

    def top(self) -> Any:
        if self.marks and self.marks[-1] == len(self.stack):
            raise PickleError("a mark where a value should be")
        return self.stack[-1]

    def pop(self) -> Any:
        value = self.top()
        del self.stack[-1]
        return value

    def step(self, name: str, arg: Any) -> None:
        self.steps += 1
        if self.steps > _OPCODES:
            raise PickleError(f"more than {_OPCODES} opcodes")
        if name in _LITERAL:
            self.stack.append(arg)
        elif name in _PLAIN:
            self.stack.append(_PLAIN[name])
        elif handler := getattr(self, f"_{name.lower()}", None):
            handler(arg)
        else:
            raise PickleError(f"the opcode {name}, which no FLAME file needs")

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
            raise PickleError("appends to what is no list")
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
            raise PickleError("sets an item of what is no dict")
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, str | int):  # nested tuples as keys take for ever to hash
                raise PickleError(f"a key that is a {type(key).__name__}")
            target[key] = value

    def _global(self, arg: Any) -> None:
        self._named(*str(arg).split(" ", 1))

    def _stack_global(self, arg: Any) -> None:
        name, module = self.pop(), self.pop()
        self._named(module, name)

    def _named(self, module: Any, name: Any) -> None:
        if not (isinstance(module, str) and isinstance(name, str) and f"{module}.{name}" in ADMITTED):
            raise PickleError(f"it asks for {named(module)}.{named(name)}, which a head model does not need")
        self.stack.append(Name(f"{module}.{name}"))

    def _reduce(self, arg: Any) -> None:
        args, made = self.pop(), self.pop()
        if not isinstance(made, Name) or not isinstance(args, tuple):
            raise PickleError("calls what is no function")
        if made.name.endswith("._reconstructor"):
            made, args = args[0] if args else None, ()
            if not isinstance(made, Name):
                raise PickleError("makes an object of what is no class")
        self.stack.append(Record(made.name, args))

    _newobj = _reduce

    def _build(self, arg: Any) -> None:
        state, made = self.pop(), self.top()
        if not isinstance(made, Record):
            raise PickleError("gives a state to what is no object")
        made.state = state
