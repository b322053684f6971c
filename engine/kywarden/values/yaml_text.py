"""YAML as Kubernetes reads it (sigs.k8s.io/yaml over go.yaml.in/yaml v2), with places and bounds.

What manifests are mostly written in is read by lines (`yaml_manifests`). All of YAML is scanned and parsed by PyYAML,
in C where it can (`yaml.cyaml`); trees are built straight from its events. All ways share one resolver. What the alias
of a large anchor stands for is shared, never copied, and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kywarden.values.reading import ReadError
from kywarden.values.trees import Tree
from kywarden.values.yaml_tree import DocumentReader, Path, Place


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its tree, and where it and its parts begin.

    line: of the first line of the document in the text. marks: path of keys and indexes -> (line, column) of the key
    or list element, counted from 1; filled only when asked for; what an alias or a merge brings in has no marks.
    """

    tree: Tree
    line: int = 1
    marks: Mapping[Path, Place] = field(default_factory=dict)


def load_all(
    text: str,
    *,
    source: str = "",
    marks: bool = False,
    strict: bool = False,
    portable: bool = False,
    most: int | None = None,
) -> list[Document]:
    """The documents of a file, split at lines that start with `---` (Kyverno's ext/yaml); empty ones are left out.

    strict: equal keys in one mapping are an error (UnmarshalStrict), else the last wins. portable: read by the parser
    that is there everywhere, so that every place gives the same tree or error; slower. most: documents that there may
    be. Raises ReadError.
    """
    documents: list[Document] = []
    for first_line, chunk in split(text, source):
        reader = DocumentReader(chunk, first_line, source, marks, strict, portable)
        tree = reader.read()
        if tree is not None:
            if len(documents) == most:
                raise ReadError(f"more than {most} documents", first_line, 1, source)
            documents.append(Document(tree, first_line, reader.marks))
    return documents


def load(text: str, *, source: str = "", strict: bool = False, portable: bool = False) -> Tree:
    """The first document, None when there is none (sigs.k8s.io/yaml YAMLToJSON). Raises ReadError."""
    return DocumentReader(text, 1, source, False, strict, portable).read()


def split(text: str, source: str = "") -> Iterator[tuple[int, str]]:
    """Each document's first line number and text (k8s.io/apimachinery/pkg/util/yaml YAMLReader), without those that
    hold only comments. Raises ReadError for a separator with something behind it."""
    chunk: list[str] = []
    first = 1
    lines = text.replace("\r\n", "\n").split("\n")
    if not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, 1):
        if line.startswith("---"):
            rest = line[3:].strip()
            if rest and not rest.startswith("#"):
                raise ReadError(f"invalid Yaml document separator: {rest}", number, 4, source)
            if chunk:
                if _says_something(chunk):
                    yield first, "\n".join(chunk) + "\n"
                chunk, first = [], number + 1
                continue
        chunk.append(line)
    if _says_something(chunk):
        yield first, "\n".join(chunk) + "\n"


def _says_something(lines: list[str]) -> bool:
    return any(line and not line.isspace() and not line.lstrip().startswith("#") for line in lines)
