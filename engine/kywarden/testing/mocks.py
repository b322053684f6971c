"""Answers that a test fixes: of HTTP calls (`apiCallResponses`) and of GlobalContextEntries (`globalContextEntries`).

Source: cmd/cli/kubectl-kyverno/apis/v1alpha1/test.go (the checks), store/gctx_{load,resolve}.go.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from urllib.parse import urlsplit

from kywarden import jmes
from kywarden.errors import EvaluationError
from kywarden.host.given import GivenHost, GivenWorld
from kywarden.kinds.classic.trees import maps, one_map, texts
from kywarden.model import builtin_kinds
from kywarden.model.resources import group_version, text
from kywarden.testing.files import Files, LoadError, joined
from kywarden.values.trees import Map, Tree, floated

METHODS = ("GET", "POST")
PATIENCE = 60_000
"""Milliseconds for all projections."""

SOURCES = ("data", "resources", "resourceFiles")


def calls(entries: list[Map]) -> list[Map]:
    """The answers as a world's `calls`; raises `LoadError` for an entry that is wrong."""
    answers: list[Map] = []
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        for problem in _call_problems(entry):
            raise LoadError(f"apiCallResponses[{index}]{problem}")
        url, method = _url(entry), _method(entry)
        key = f"{method}:{url}" if method else url
        if key in seen:
            raise LoadError(
                f'apiCallResponses: duplicate entry for "{url}" (key "{key}")'
                " — each method+url combination must be unique"
            )
        seen.add(key)
        body = one_map(entry.get("response")).get("body")
        answers.extend({"method": each, "url": url, "response": body} for each in ([method] if method else METHODS))
    return answers


def _call_problems(entry: Map) -> Iterator[str]:
    url, path = text(entry, "url").strip(), text(entry, "urlPath").strip()
    if not url and not path:
        yield ": either url or urlPath is required"
    if url and path:
        yield ": url and urlPath are mutually exclusive"
    if url:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            yield f': url "{url}" must be an absolute https/http URL'
        if not parts.hostname:
            yield f': url "{url}" has scheme but no host'
    if path and not path.startswith("/"):
        yield f": urlPath \"{path}\" must be an absolute path starting with '/'"
    if _method(entry) not in ("", *METHODS):
        yield ": method must be GET or POST"
    response = one_map(entry.get("response"))
    if response.get("body") is None:
        yield f' "{url or path}": response.body is required'
    elif not isinstance(response["body"], dict):
        yield f' "{url or path}": response.body must be a JSON object'
    code = response.get("statusCode")
    if isinstance(code, int) and code and not 100 <= code <= 599:
        yield f' "{url or path}": statusCode {code} must be between 100 and 599'


def _url(entry: Map) -> str:
    return text(entry, "url").strip() or text(entry, "urlPath").strip()


def _method(entry: Map) -> str:
    return text(entry, "method").strip().upper()


def failing_calls(entries: list[Map]) -> dict[str, int]:
    """The status codes of answers that count as failures, by URL."""
    return {
        _url(entry): code
        for entry in entries
        if isinstance(code := one_map(entry.get("response")).get("statusCode"), int) and not 200 <= (code or 200) < 300
    }


def global_context(entries: list[Map], folder: str, files: Files) -> dict[str, Tree]:
    """The values of the entries and of their projections (`entry.projection`); raises `LoadError`."""
    seen: set[str] = set()
    for entry in entries:
        for problem in _entry_problems(entry, seen):
            raise LoadError(f"globalContextEntries{problem}")
    found: dict[str, Tree] = {}
    world = GivenHost().world({}, PATIENCE)
    for entry in entries:
        name = text(entry, "name")
        try:
            value = _resolved(entry, _root(entry, folder, files), world)
        except EvaluationError as error:
            raise LoadError(f'globalContextEntries "{name}" {error}') from None
        found[name] = value
        if isinstance(value, dict):
            found.update({f"{name}.{key}": projected for key, projected in value.items()})
    return found


def _entry_problems(entry: Map, seen: set[str]) -> Iterator[str]:
    name = text(entry, "name")
    if not name.strip():
        yield ": name is required"
    if name.strip() in seen:
        yield f': duplicate name "{name.strip()}"'
    seen.add(name.strip())
    for projection in maps(entry.get("projections")):
        if not text(projection, "name").strip():
            yield f' entry "{name}": projection name is required'
        if not text(projection, "path").strip():
            yield f' entry "{name}" projection "{text(projection, "name")}": path is required'
    given = [key for key in SOURCES if entry.get(key) is not None]
    if len(given) > 1:
        yield f' entry "{name}": data, resources, and resourceFiles are mutually exclusive'
    if not given:
        yield f' entry "{name}": one of data, resources, or resourceFiles is required'
    if given == ["data"] and not isinstance(entry["data"], dict):
        yield f' entry "{name}": data must be a JSON object'
    for index, path in enumerate(texts(entry.get("resourceFiles"))):
        where = f' entry "{name}" resourceFiles[{index}]: file path must not'
        if not path.strip():
            yield f"{where} be empty"
        if posixpath.isabs(path.strip()):
            yield f"{where} be absolute"
        if posixpath.normpath(path.strip()).split("/")[0] == "..":
            yield f"{where} escape the test directory"


def _root(entry: Map, folder: str, files: Files) -> Tree:
    if entry.get("resourceFiles") is None:
        root = entry["data"] if entry.get("data") is not None else entry.get("resources")
        return floated(root)
    found: list[Tree] = []
    for path in texts(entry.get("resourceFiles")):
        found.extend(tree for tree in files.documents(joined(folder, path)) if tree)
    return floated(found)


def _resolved(entry: Map, root: Tree, world: GivenWorld) -> Tree:
    if path := text(entry, "fieldPath"):
        root = jmes.compile(path).search(root, world)
    projections = maps(entry.get("projections"))
    if not projections:
        return root
    return {text(one, "name"): jmes.compile(text(one, "path")).search(root, world) for one in projections}


def cluster_context(entries: list[Map], objects: list[Map]) -> dict[str, Tree]:
    """The values of GlobalContextEntry objects that list resources of the cluster; raises `LoadError`.

    Source: cmd/cli/kubectl-kyverno/commands/apply/global_context.go.
    """
    found: dict[str, Tree] = {}
    world = GivenHost().world({}, PATIENCE)
    for entry in entries:
        name, spec = text(entry, "metadata", "name"), one_map(entry.get("spec"))
        wanted = spec.get("kubernetesResource")
        if not isinstance(wanted, dict):
            continue
        listed = floated([one for one in objects if _is_listed(one, wanted)])
        found[name] = listed
        for projection in maps(spec.get("projections")):
            try:
                value = jmes.compile(text(projection, "jmesPath")).search(listed, world)
            except EvaluationError as error:
                shown = text(projection, "name")
                raise LoadError(
                    "failed to build global context store: failed to apply projection"
                    f' "{shown}" for GlobalContextEntry {name}: {error}'
                ) from None
            found[f"{name}.{text(projection, 'name')}"] = value
    return found


def _is_listed(resource: Map, wanted: Map) -> bool:
    group, version = group_version(resource)
    namespace = text(wanted, "namespace")
    return (
        (group, version) == (text(wanted, "group"), text(wanted, "version"))
        and builtin_kinds.plural(text(resource, "kind")) == text(wanted, "resource")
        and (not namespace or text(resource, "metadata", "namespace") == namespace)
    )
