"""Imported before the application, when the snapshot is made: dataclasses without what a request has no use for.

A dataclass compiles a text per method, and each compilation brings its own file name and table of lines. A frozen one
has two methods more and takes four times as long to make an object; that nobody changes one is for mypy and the native
tests to find.
"""

import dataclasses

_create = dataclasses._create_fn


def _create_bare(name, *arguments, **options):
    function = _create(name, *arguments, **options)
    function.__code__ = function.__code__.replace(co_filename="", co_linetable=b"", co_name=name, co_qualname=name)
    return function


dataclasses._create_fn = _create_bare


_process = dataclasses._process_class


def _process_thawed(cls, init, repr, eq, order, unsafe_hash, frozen, *options):
    """As if nothing were frozen; what was can be hashed still."""
    hashes = unsafe_hash or (frozen and eq and "__hash__" not in cls.__dict__)
    return _process(cls, init, repr, eq, order, hashes, False, *options)


dataclasses._process_class = _process_thawed
