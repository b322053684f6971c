"""The documents of an input of either form: JSON, or YAML of any number of documents."""

from __future__ import annotations

from collections.abc import Mapping

from kywarden.errors import RequestError
from kywarden.values import json_text, yaml_text
from kywarden.values.reading import ReadError
from kywarden.values.yaml_text import Document
from kywarden.values.yaml_tree import Path, Place

LARGEST_MARKED = 3 * 1024 * 1024
"""Bytes of JSON beyond which the places of its parts are not looked for, which takes far longer than reading it."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read(data: bytes, *, source: str = "", marks: bool = False) -> list[Document]:
    """The documents, as `yaml_text.load_all` gives them. Raises ReadError, RequestError."""
    data = data.removeprefix(_BYTE_ORDER_MARK)
    if data.lstrip()[:1] == b"{":
        try:
            tree = json_text.load(data, source=source)
        except ReadError:
            if b"\n---" not in data:
                raise
        else:
            wanted = marks and len(data) <= LARGEST_MARKED
            return [Document(tree, marks=_marks(data.decode(), source) if wanted else {})]
    return yaml_text.load_all(decoded(data, source), source=source, marks=marks)


def decoded(data: bytes, source: str = "") -> str:
    """The text of a file in UTF-8, with or without a byte order mark. Raises RequestError."""
    try:
        return data.removeprefix(_BYTE_ORDER_MARK).decode()
    except UnicodeDecodeError as error:
        raise RequestError(f"byte {error.start} is no valid UTF-8", place=source) from error


def _marks(text: str, source: str) -> Mapping[Path, Place]:
    """Where the parts of a JSON document stand: it is YAML, too, or nearly so."""
    try:
        documents = yaml_text.load_all(text, source=source, marks=True)
    except ReadError:
        return {}
    return documents[0].marks if len(documents) == 1 else {}
