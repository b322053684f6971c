"""What a function of an expression looks like, and the check of its arguments (functions.go of the fork).

A row of a family's TABLE says everything about one function; `kywarden jp function` prints the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from kywarden.errors import EvaluationError
from kywarden.jmes import syntax_text
from kywarden.jmes.foreign import ExpressionReference, MapList, is_plain_list
from kywarden.jmes.limits import Abort, weigh
from kywarden.model.world import World
from kywarden.values import go_text
from kywarden.values.trees import Poll

Types: TypeAlias = tuple[str, ...]
"""The types that one argument may have, in the order in which messages name them."""

Handler: TypeAlias = Callable[[list[Any], World], Any]
"""(checked arguments, world) -> result. A missing key arrives as None."""

ANY: Types = ("any",)
ARRAY: Types = ("array",)
BOOL: Types = ("bool",)
NUMBER: Types = ("number",)
OBJECT: Types = ("object",)
STRING: Types = ("string",)
STRINGS: Types = ("array[string]",)
EXPRESSION: Types = ("expref",)
TEXT: Types = ("string", "number")


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    parameters: the types of each argument. Empty: Kyverno checks neither number nor types.
    variadic: at least as many arguments as parameters, none of them checked.
    prepare: turns the first argument into what the handler gets in its place; done once where it is a literal.
    example: an expression that needs no data (apart from `random`, `time_now` and such, with a fixed result).
    """

    name: str
    parameters: tuple[Types, ...]
    returns: Types
    handler: Handler
    doc: str
    example: str
    variadic: bool = False
    prepare: Callable[[Any], Any] | None = None

    @property
    def signature(self) -> str:
        """Such as `lookup(object|array, string|number) any`."""
        parameters = ", ".join("|".join(types) for types in self.parameters)
        return f"{self.name}({parameters}{'...' if self.variadic else ''}) {'|'.join(self.returns)}"

    def call(self, arguments: list[Any], world: World, prepared: Any = None) -> Any:
        """Check the arguments (a list made for this call) and compute; raises `EvaluationError`."""
        world.poll()
        if self.variadic:
            if len(arguments) < len(self.parameters):
                raise EvaluationError("Invalid arity.")
        elif self.parameters:
            if len(arguments) != len(self.parameters):
                raise EvaluationError("incorrect number of args")
            for types, argument in zip(self.parameters, arguments, strict=True):
                if not has_type(argument, types):
                    raise EvaluationError(_type_complaint(argument, types, world.poll))
        if self.prepare is not None:
            arguments[0] = self.prepare(arguments[0]) if prepared is None else prepared
        return self.handler(arguments, world)


def has_type(value: Any, types: Types) -> bool:
    """Whether a value has one of the types. Integers have none: Go sees int64 where it knows only float64."""
    for name in types:
        item_class = _ITEM_CLASSES.get(name)
        if item_class is None:
            if isinstance(value, _CLASSES[name]):
                return True
        elif is_plain_list(value) and all(isinstance(item, item_class) for item in value):
            return True
    return False


_CLASSES: dict[str, type] = {
    "any": object,
    "number": float,
    "string": str,
    "array": list,
    "object": dict,
    "expref": ExpressionReference,
}
_ITEM_CLASSES: dict[str, type] = {"array[number]": float, "array[string]": str}


def _type_complaint(value: Any, types: Types, poll: Poll) -> str:
    is_reference = isinstance(value, ExpressionReference)
    if not is_reference:
        weigh(value, poll)
    shown = f"{{{syntax_text.text(value.syntax)}}}" if is_reference else go_text.sprint(value)
    expected = ", ".join(f'"{name}"' for name in types)
    return f"Invalid type for: {shown}, expected: []jmespath.JpType{{{expected}}}"


def failure(function: str, reason: str) -> EvaluationError:
    """The error of one function in Kyverno's form (pkg/engine/jmespath/error.go)."""
    return EvaluationError(f"JMESPath function '{function}': {reason}")


def wrong_type(function: str, number: int, expected: str) -> EvaluationError:
    """An argument of a type that the function itself refuses; numbered from 1."""
    return failure(function, f"argument #{number} is not of type {expected}")


def panic(function: str, reason: str) -> Abort:
    """The error for a call at which Kyverno crashes and the request gets no answer."""
    return Abort(f"JMESPath function '{function}': {reason}")


def refuse_map_list(function: str, value: Any) -> None:
    """Raise for the result of `items()` where Kyverno takes for granted that a list is a plain one."""
    if isinstance(value, MapList):
        raise panic(function, "the result of items() cannot be used here")
