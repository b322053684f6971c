"""Context entries: values that a rule computes or looks up before it judges, each when it is first mentioned.

One prepared loader for each kind of entry; look-ups go through the world. A question the world cannot answer is an
error like any other, except that no default takes its place.
Source: Kyverno pkg/engine/context/loaders, pkg/engine/apicall; reference C.6,
https://kyverno.io/docs/policy-types/cluster-policy/external-data-sources/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kywarden import jmes
from kywarden.binding import variables
from kywarden.binding.api_calls import ApiCallEntry
from kywarden.binding.entry import Entry, applied, as_context, decoded, printed, substituted, texted
from kywarden.binding.mention import mention_of
from kywarden.binding.query import Query
from kywarden.binding.scope import Loader, Replaced, Scope
from kywarden.binding.variables import Template
from kywarden.errors import EvaluationError, PolicyError
from kywarden.model.resources import text
from kywarden.values import regexes
from kywarden.values.trees import Map, Tree, floated


def prepare(
    entries: Iterable[Tree], policy_namespace: str = "", without: frozenset[str] = frozenset()
) -> tuple[Loader, ...]:
    """The loaders of a `context` list, in order.

    policy_namespace: namespace of a namespaced policy, which may look up nothing outside it; without: kinds of
    entries that are not loaded at all (`kyverno apply` and `test`, whose values come from a file).
    Raises PolicyError for a name that is no regular expression, with which Kyverno's rule fails each time.
    """
    loaders: list[Loader] = []
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        kind = next((kind for kind in KINDS if isinstance(entry.get(kind), dict)), None)
        if kind is not None and kind not in without:
            name = text(entry, "name")
            settings = entry[kind]
            assert isinstance(settings, dict)
            loaders.append(KINDS[kind](Entry(name, _mention(name), policy_namespace), settings))
    return tuple(loaders)


def _mention(name: str) -> Callable[[str], bool]:
    try:
        return mention_of(name)
    except regexes.RegexError:
        reason = f"failed to create deferred loader for context entry {name}"
        raise PolicyError(reason, path="context", unsupported=True) from None


@dataclass(frozen=True, slots=True)
class _Loader:
    entry: Entry
    storing: str

    def is_mentioned(self, text: str) -> bool:
        return self.entry.is_mentioned(text)


# variable


@dataclass(frozen=True, slots=True)
class _Variable(_Loader):
    """A value computed from the scope: from `value`, or by a path over the scope itself."""

    value: Template | None
    default: Template | None
    path: Template | None

    def load(self, scope: Scope) -> Map:
        name = self.entry.name
        path = self._path(scope)
        default = None if self.default is None else substituted(self.default, scope, name)
        if self.value is not None:
            output = self._applied(path, substituted(self.value, scope, name), default, scope)
        elif path:
            output = self._queried(path, default, scope)
        else:
            output = default
        if output is None:
            raise EvaluationError(f"failed to add context entry for variable {name} since it evaluated to nil")
        return Replaced({name: as_context(output, f"failed to add context entry for variable {name}")})

    def _path(self, scope: Scope) -> str:
        if self.path is None:
            return ""
        path = substituted(self.path, scope, self.entry.name)
        if not isinstance(path, str):
            raise EvaluationError(
                f"jmespath value must be a string {self.entry.name} {printed(self.path.document)}: <nil>"
            )
        return path

    def _applied(self, path: str, value: Tree, default: Tree, scope: Scope) -> Tree:
        if not path:
            return value
        try:
            return applied(path, value, scope)
        except EvaluationError as error:
            return self._fallback(path, default, error)

    def _queried(self, path: str, default: Tree, scope: Scope) -> Tree:
        try:
            value = scope.query(Query.of(path))
        except EvaluationError as error:
            return self._fallback(path, default, error)
        return default if value is None else value

    def _fallback(self, path: str, default: Tree, error: EvaluationError) -> Tree:
        if default is None or error.unanswered:
            # kyverno: the variable that the text speaks of is always nil
            raise error.within(f"failed to apply jmespath {path} to variable <nil>") from None
        return default


def _variable(entry: Entry, settings: Map) -> Loader:
    def template(key: str) -> Template | None:
        # kyverno: the numbers of value and default are float64
        tree = settings.get(key)
        return None if tree is None else variables.prepare(floated(tree))

    return _Variable(entry, "", template("value"), template("default"), _template(settings, "jmesPath"))


# configMap


@dataclass(frozen=True, slots=True)
class _ConfigMap(_Loader):
    """`data` and `metadata` of a ConfigMap."""

    name: Template
    namespace: Template

    def load(self, scope: Scope) -> Map:
        try:
            return {self.entry.name: self._found(scope)}
        except EvaluationError as error:
            raise error.within(f"failed to retrieve config map for context entry {self.entry.name}") from None

    def _found(self, scope: Scope) -> Tree:
        name = self._text(self.name, "name", scope)
        own = self.entry.policy_namespace
        namespace = self._text(self.namespace, "namespace", scope) or own or "default"
        if own and namespace != own:
            raise EvaluationError(
                f'context entry {self.entry.name}: configMap namespace "{namespace}" is different from'
                f' policy namespace "{own}"'
            )
        try:
            found = scope.world.resource("v1", "ConfigMap", namespace, name)
        except EvaluationError as error:
            raise error.within(f"failed to get configmap {namespace}/{name} ") from None
        if found is None:
            raise EvaluationError(f'failed to get configmap {namespace}/{name} : configmaps "{name}" not found')
        metadata = found.get("metadata")
        return {
            # kyverno: a ConfigMap without data has null here; binaryData is not shown
            "data": found.get("data") or None,
            "metadata": _without_empty(floated(metadata)) if isinstance(metadata, dict) else {},
        }

    def _text(self, template: Template, field: str, scope: Scope) -> str:
        attempt = (
            f"failed to substitute variables in context {self.entry.name} configMap.{field}"
            f" {printed(template.document)}"
        )
        return texted(template, scope, attempt)


def _without_empty(tree: Tree) -> Tree:
    """Metadata as its Go type writes it: empty fields are absent."""
    return (
        {key: value for key, value in tree.items() if value not in (None, "", 0, [], {})}
        if isinstance(tree, dict)
        else tree
    )


def _config_map(entry: Entry, settings: Map) -> Loader:
    storing = f"failed to add config map for context entry {entry.name}"
    name = variables.prepare(text(settings, "name"))
    return _ConfigMap(entry, storing, name, variables.prepare(text(settings, "namespace")))


# globalReference


@dataclass(frozen=True, slots=True)
class _GlobalReference(_Loader):
    """The value of a GlobalContextEntry or of one of its projections (`entry.projection`)."""

    reference: Template

    def load(self, scope: Scope) -> Map:
        try:
            return {self.entry.name: self._found(scope)}
        except EvaluationError as error:
            raise error.within(f"failed to marshal APICall data for context entry {self.entry.name}") from None

    def _found(self, scope: Scope) -> Tree:
        reference = decoded(self.reference.fill(scope), "GlobalContextEntryReference", "name", "jmesPath")
        name, path = text(reference, "name"), text(reference, "jmesPath")
        # kyverno: parts behind the second dot are ignored
        value = scope.world.global_context(".".join(name.split(".")[:2]))
        if path:
            try:
                value = jmes.compile(path).search(value, scope.world)
            except EvaluationError as error:
                raise error.within(f"failed to apply JMESPath {path} for context entry {self.entry.name}") from None
        return as_context(value, "")


def _global_reference(entry: Entry, settings: Map) -> Loader:
    storing = f"failed to add resource cache results for context entry {entry.name}"
    return _GlobalReference(entry, storing, variables.prepare(settings))


# imageRegistry


@dataclass(frozen=True, slots=True)
class _ImageRegistry(_Loader):
    """The registry's data of an image: manifest, configuration and the parts of its name."""

    reference: Template
    path: Template | None

    def load(self, scope: Scope) -> Map:
        name = self.entry.name
        reference = self._filled(self.reference, scope, "ailed to")
        if not isinstance(reference, str):
            raise EvaluationError(f"invalid image reference {printed(reference)}, image reference must be a string")
        path = "" if self.path is None else self._filled(self.path, scope, "failed to")
        if not isinstance(path, str):
            # kyverno: its own process ends here
            raise EvaluationError(f"the jmesPath of context entry {name} is no text")
        try:
            data = floated(scope.world.image(reference))
        except EvaluationError as error:
            raise error.within(f"failed to fetch image descriptor: {reference}, error") from None
        if path:
            assert self.path is not None
            try:
                data = applied(path, data, scope)
            except EvaluationError as error:
                raise error.within(
                    f"failed to apply JMESPath ({printed(self.path.document)}) results to context entry {name}, error"
                ) from None
        return {name: as_context(data, "")}

    def _filled(self, template: Template, scope: Scope, verb: str) -> Tree:
        try:
            return template.fill(scope)
        except EvaluationError as error:
            # kyverno: the first letter is missing in one of the two texts
            raise error.within(
                f"{verb} substitute variables in context entry {self.entry.name} {printed(template.document)}"
            ) from None


def _image_registry(entry: Entry, settings: Map) -> Loader:
    reference = variables.prepare(text(settings, "reference"))
    storing = "failed to add resource data to context"
    return _ImageRegistry(entry, storing, reference, _template(settings, "jmesPath"))


def _api_call(entry: Entry, settings: Map) -> Loader:
    return ApiCallEntry.of(entry, settings)


def _template(settings: Map, key: str) -> Template | None:
    """The template of a text, None when it is absent or empty."""
    return variables.prepare(value) if (value := text(settings, key)) else None


KINDS: dict[str, Callable[[Entry, Map], Loader]] = {
    "configMap": _config_map,
    "apiCall": _api_call,
    "globalReference": _global_reference,
    "imageRegistry": _image_registry,
    "variable": _variable,
}
"""The kinds of context entries; of several in one entry the first here counts."""
