"""Stands in for the standard library's inspect, of which two packages want a little.

dataclasses ask for the text of a doc string that nobody reads; jmespath lists the methods of a class. The real one
brings ast, dis and tokenize with it: half a megabyte in the memory of every request.
"""

from types import FunctionType


def signature(target):
    return ""


def isfunction(value):
    return isinstance(value, FunctionType)


def getmembers(value, predicate):
    return [(name, member) for name in dir(value) if predicate(member := getattr(value, name))]
