"""Files beside policies and resources: PolicyExceptions and payloads that are no Kubernetes objects.

Source: cmd/cli/kubectl-kyverno/{exception,payload}/load.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kywarden.model.resources import group_version, text
from kywarden.testing import policies, served
from kywarden.testing.files import YAML, Files, LoadError, yaml_error
from kywarden.values import json_text, yaml_text
from kywarden.values.reading import ReadError
from kywarden.values.trees import Map, Tree


def load_exceptions(paths: Sequence[str], files: Files) -> list[Map]:
    """The PolicyExceptions of files; raises `LoadError` when one holds anything else."""
    found: list[Map] = []
    for path in paths:
        try:
            content = files.text(path)
        except LoadError as error:
            raise LoadError(f"unable to read yaml ({error})") from None
        try:
            found.extend(_exceptions(content))
        except LoadError as error:
            raise LoadError(f"unable to load exceptions ({error})") from None
    return found


def _exceptions(content: str) -> Iterator[Map]:
    for tree, reason in policies.parsed(content):
        if reason:
            raise LoadError(f"failed to parse document ({reason})")
        if (text(tree, "apiVersion"), text(tree, "kind")) not in served.EXCEPTIONS_ALONE:
            group, version = group_version(tree)
            raise LoadError(f"policy exception type not supported {group}/{version}, Kind={text(tree, 'kind')}")
        yield tree


def load_payload(path: str, files: Files) -> Tree:
    """A JSON or YAML payload: one value, or the list of the documents; raises `LoadError`."""
    content = files.text(path)
    if path.endswith(".json"):
        try:
            return json_text.load(content.encode("utf-8", "surrogateescape"))
        except ReadError as error:
            raise LoadError(str(error)) from None
    if not path.endswith(YAML):
        raise LoadError(f"unrecognized payload format, must be yaml or json ({path})")
    try:
        trees = [document.tree for document in yaml_text.load_all(content)]
    except ReadError as error:
        raise LoadError(yaml_error(error)) from None
    return trees[0] if len(trees) == 1 else trees
