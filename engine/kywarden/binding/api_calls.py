"""The context entry `apiCall`: what the API server or a service answers.

Source: Kyverno pkg/engine/apicall; reference C.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from kywarden import jmes
from kywarden.binding import variables
from kywarden.binding.entry import Entry, as_context, decoded
from kywarden.binding.scope import Scope
from kywarden.binding.variables import Template
from kywarden.errors import EvaluationError
from kywarden.model.resources import text
from kywarden.values import paths, trees
from kywarden.values.trees import Map, Tree, floated

_NAMESPACED = re.compile(r"/apis?/.*?/namespaces/([^/]+)/?.*")


@dataclass(frozen=True, slots=True)
class ApiCallEntry:
    """call: the whole entry as a template; default: what stands in when the call fails, None for nothing.

    path: applied to the answer.
    """

    entry: Entry
    storing: str
    call: Template
    default: Tree
    path: Template | None

    @staticmethod
    def of(entry: Entry, settings: Map) -> ApiCallEntry:
        """The loader of an `apiCall` block."""
        path = text(settings, "jmesPath")
        result = "APICall results for" if path else "resource data to"
        storing = f"failed to store data for APICall: failed to add {result} context entry {entry.name}"
        return ApiCallEntry(
            entry,
            storing,
            variables.prepare(settings),
            floated(settings.get("default")),
            variables.prepare(path) if path else None,
        )

    def is_mentioned(self, text: str) -> bool:
        return self.entry.is_mentioned(text)

    def load(self, scope: Scope) -> Map:
        try:
            answer = self._fetched(scope)
        except EvaluationError as error:
            raise error.within("failed to fetch data for APICall") from None
        try:
            return {self.entry.name: self._transformed(answer, scope)}
        except EvaluationError as error:
            raise error.within("failed to store data for APICall") from None

    def _fetched(self, scope: Scope) -> Tree:
        try:
            call = decoded(self.call.fill(scope), "ContextAPICall", "APICall.urlPath", "APICall.method", "jmesPath")
        except EvaluationError as error:
            url = text(self.call.document, "urlPath")
            raise error.within(f"failed to substitute variables in context entry {self.entry.name} {url}") from None
        self._check_namespace(text(call, "urlPath"))
        try:
            return floated(self._called(call, scope))
        except EvaluationError as error:
            if self.default is None or error.unanswered:
                raise
            # kyverno: the default as written in the policy, without its variables replaced
            return self.default

    def _check_namespace(self, url: str) -> None:
        """A namespaced policy may read below its own namespace only (CVE-2026-22039).

        Kyverno looks at the URL as it is written, with its query; whoever answers looks at the decoded path, with or
        without its dots resolved. No reading may lead elsewhere.
        """
        own = self.entry.policy_namespace
        if not own:
            return
        for path in _readings(url):
            found = _NAMESPACED.fullmatch(path)
            if found is None:
                raise EvaluationError(
                    f"path {path} does not contain a namespace segment, which is required for namespaced policies"
                )
            if found[1] != own:
                raise EvaluationError(
                    f"path {path} refers to namespace {found[1]}, which is different from the policy namespace {own}"
                )

    def _called(self, call: Map, scope: Scope) -> Tree:
        url, method = text(call, "urlPath"), text(call, "method") or "GET"
        if url:
            try:
                return scope.world.call(method, url, _data(call) if method == "POST" else None)
            except EvaluationError as error:
                raise error.within(f"failed to {method} resource with raw url: {url}") from None
        if not isinstance(call.get("service"), dict):
            raise EvaluationError(f"missing service for APICall {self.entry.name}")
        if method not in ("GET", "POST"):
            raise EvaluationError(
                f"failed to build HTTP request for APICall {self.entry.name}:"
                f" invalid request type {method} for APICall {self.entry.name}"
            )
        try:
            return scope.world.call(method, text(call, "service", "url"), _data(call) if method == "POST" else None)
        except EvaluationError as error:
            raise error.within(f"failed to execute HTTP request for APICall {self.entry.name}") from None

    def _transformed(self, answer: Tree, scope: Scope) -> Tree:
        # kyverno: an answer that equals the default is never put through the path
        if self.path is None or (self.default is not None and trees.same(answer, self.default)):
            return answer
        try:
            path = self.path.fill(scope)
        except EvaluationError as error:
            raise error.within(
                f"failed to substitute variables in context entry {self.entry.name} JMESPath {text(self.path.document)}"
            ) from None
        if not isinstance(path, str):
            raise EvaluationError(f"the jmesPath of context entry {self.entry.name} is no text")
        try:
            return as_context(jmes.compile(path).search(answer, scope.world), "")
        except EvaluationError as error:
            raise error.within(f"failed to apply JMESPath {path} for context entry {self.entry.name}") from None


def _readings(url: str) -> Iterator[str]:
    """The paths for which a URL may be taken."""
    yield paths.clean(url)
    asked = unquote(urlsplit(url).path)
    yield paths.clean(asked)
    yield asked


def _data(call: Tree) -> Map:
    """The body of a POST: the values by key."""
    items = call.get("data") if isinstance(call, dict) else None
    return {
        text(item, "key"): item.get("value")
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict)
    }
