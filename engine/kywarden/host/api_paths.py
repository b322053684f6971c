"""API paths of Kubernetes: what they ask for, and their answer from a list of objects.

`/api/v1/namespaces/shop/configmaps/x` names one object, `/apis/apps/v1/deployments?labelSelector=app=web` a list. Only
reading objects is understood: not sub-resources, not other query parameters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from kywarden.errors import EvaluationError
from kywarden.model.builtin_kinds import is_built_in, plural
from kywarden.model.resources import group_version, text, texts
from kywarden.values.trees import Map, Tree

_PATH = re.compile(
    r"/(?:api/(?P<core>[^/]+)|apis/(?P<group>[^/]+)/(?P<version>[^/]+))"
    r"(?:/namespaces/(?P<namespace>[^/]+)(?=/))?/(?P<plural>[^/]+)(?:/(?P<name>[^/]+))?/?"
)
_KEY = r"(?P<key>[A-Za-z0-9][-A-Za-z0-9_./]*)"
_VALUE = r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?"
_SET_TERM = re.compile(rf"{_KEY}\s+(?P<operator>in|notin)\s*\((?P<values>[^()]*)\)")
_TERM = re.compile(rf"{_KEY}\s*(?P<operator>==|=|!=)\s*(?P<value>{_VALUE})")
_BOUND = re.compile(rf"{_KEY}\s*(?P<operator>[<>])\s*(?P<value>[0-9]{{1,18}})")
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_EXISTS = re.compile(rf"(?P<not>!?)\s*{_KEY}")

_SUBRESOURCES = ("status", "finalize")
"""What may stand behind the name of a Namespace, where another path has a resource."""

LabelTest = Callable[[Mapping[str, str]], bool]


@dataclass(frozen=True, slots=True)
class ApiPath:
    """What an API path asks for; `name` is empty for a list, `namespace` for all namespaces or none.

    label_selector, field_selector: as written, empty for none; selects: the test of the former.
    """

    group: str
    version: str
    namespace: str
    plural: str
    name: str
    label_selector: str
    field_selector: str
    selects: LabelTest

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> str:
        """The resource with its group, such as `deployments.apps`: the name of its definition if it has one."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def not_found(self) -> EvaluationError:
        """What the API server says about an object that is not there."""
        return EvaluationError(f'{self.resource} "{self.name}" not found')


def parse(url: str) -> ApiPath | None:
    """The path, None when it asks for something else than an object or a list of objects."""
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets around what is no address
        return None
    found = _PATH.fullmatch(unquote(parts.path))
    if found is None or found["plural"] in _SUBRESOURCES:
        return None
    asked = parse_qsl(parts.query, keep_blank_values=True)
    query = dict(asked)
    if len(query) < len(asked):
        return None
    selector, fields = query.pop("labelSelector", ""), query.pop("fieldSelector", "")
    query.pop("limit", None)
    test = label_test(selector)
    if query or test is None:
        return None
    group, version = (found["group"], found["version"]) if found["core"] is None else ("", found["core"])
    namespace, name = found["namespace"] or "", found["name"] or ""
    return ApiPath(group, version, namespace, found["plural"], name, selector.strip(), fields.strip(), test)


def answer(path: ApiPath, resources: Sequence[Tree]) -> Tree:
    """The object or list that a path asks for, which has no field selector.

    Raises `EvaluationError` for an object that is not there, and for a kind that no cluster has by itself and of which
    there is neither an object nor the definition.
    """
    if not is_built_in(path.group, path.plural) and not any(_shows_kind(path, resource) for resource in resources):
        raise EvaluationError("the server could not find the requested resource")
    found = [resource for resource in resources if isinstance(resource, dict) and _is_asked_for(path, resource)]
    if path.name:
        if not found:
            raise path.not_found()
        return found[0]
    kind = f"{text(found[0], 'kind')}List" if found else "List"
    items: list[Tree] = list(found)
    return {"apiVersion": path.api_version, "kind": kind, "metadata": {}, "items": items}


def _is_of_kind(path: ApiPath, resource: Tree) -> bool:
    return (
        isinstance(resource, dict)
        and group_version(resource) == (path.group, path.version)
        and plural(text(resource, "kind")) == path.plural
    )


def _shows_kind(path: ApiPath, resource: Tree) -> bool:
    """Whether the resource is of the kind, or its definition."""
    return _is_of_kind(path, resource) or (
        text(resource, "kind") == "CustomResourceDefinition"
        and text(resource, "spec", "group") == path.group
        and text(resource, "spec", "names", "plural") == path.plural
    )


def _is_asked_for(path: ApiPath, resource: Map) -> bool:
    return (
        _is_of_kind(path, resource)
        and path.namespace in ("", text(resource, "metadata", "namespace"))
        and path.name in ("", text(resource, "metadata", "name"))
        and path.selects(texts(resource, "metadata", "labels"))
    )


def label_test(written: str) -> LabelTest | None:
    """The test of a label selector as a query parameter, None when it cannot be read.

    Source: k8s.io/apimachinery pkg/labels/selector.go.
    """
    tests: list[LabelTest] = []
    rest = written.strip()
    while rest:
        if found := _SET_TERM.match(rest):
            values = frozenset(value.strip() for value in found["values"].split(","))
            if not all(re.fullmatch(_VALUE, value) for value in values):
                return None
            tests.append(_in(found["key"], values, found["operator"] == "in"))
        elif found := _TERM.match(rest):
            tests.append(_in(found["key"], frozenset((found["value"],)), found["operator"] != "!="))
        elif found := _BOUND.match(rest):
            tests.append(_beyond(found["key"], found["operator"], int(found["value"])))
        elif found := _EXISTS.match(rest):
            tests.append(_has(found["key"], not found["not"]))
        else:
            return None
        rest = rest[found.end() :].lstrip()
        if rest:
            comma, rest = rest[0], rest[1:].lstrip()
            if comma != "," or not rest:
                return None
    return lambda labels: all(test(labels) for test in tests)


def _in(key: str, values: frozenset[str], wanted: bool) -> LabelTest:
    return lambda labels: (labels.get(key) in values) is wanted


def _has(key: str, wanted: bool) -> LabelTest:
    return lambda labels: (key in labels) is wanted


def _beyond(key: str, operator: str, bound: int) -> LabelTest:
    def test(labels: Mapping[str, str]) -> bool:
        value = labels.get(key, "")
        if not _INTEGER.fullmatch(value):
            return False
        return int(value) > bound if operator == ">" else int(value) < bound

    return test
