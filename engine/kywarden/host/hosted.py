"""The world of the module: what the caller wrote beside the request, and behind it a Kubewarden host.

The caller's answers stand; what it did not answer, the host is asked. Where there is no host at all, questions stay as
unanswered as they are to the caller's world alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import TypeVar

from kywarden.errors import EvaluationError
from kywarden.host import api_paths, image_data, kubewarden, user_roles
from kywarden.host.api_paths import ApiPath
from kywarden.host.capabilities import Capabilities
from kywarden.host.given import GivenWorld, check
from kywarden.host.kubewarden import Ask, NoHost
from kywarden.jmes.functions import network
from kywarden.model.access_reviews import AccessReview
from kywarden.model.builtin_kinds import kind_of
from kywarden.model.request import User
from kywarden.model.world import Roles
from kywarden.values.trees import Map, Tree

T = TypeVar("T")


class HostedWorld(GivenWorld):
    """The answers of one evaluation. custom_resources: kinds by the name of their definition, `plural.group`."""

    __slots__ = ("_custom_resources", "_host")

    def __init__(
        self, given: Map, milliseconds: int, started: float, host: Capabilities, custom_resources: Mapping[str, str]
    ) -> None:
        super().__init__(given, milliseconds, started)
        self._host = host
        self._custom_resources = custom_resources

    def resource(self, api_version: str, kind: str, namespace: str, name: str) -> Map | None:
        return self._answered(
            lambda: super(HostedWorld, self).resource(api_version, kind, namespace, name),
            lambda: self._host.object(api_version, kind, namespace, name),
        )

    def _found_roles(self, user: User, namespace: str) -> Roles:
        return self._answered(
            lambda: super(HostedWorld, self)._found_roles(user, namespace),
            lambda: user_roles.bound(
                user,
                namespace,
                self._host.bindings(user_roles.ROLE_BINDING),
                self._host.bindings(user_roles.CLUSTER_ROLE_BINDING),
            ),
        )

    def image(self, reference: str) -> Map:
        return self._answered(
            lambda: super(HostedWorld, self).image(reference), lambda: image_data.of(reference, self._host)
        )

    def is_external_host(self, host: str) -> bool:
        return self._answered(
            lambda: super(HostedWorld, self).is_external_host(host),
            lambda: all(map(network.is_external, self._host.addresses(host))),
        )

    def call(self, method: str, url: str, data: Tree) -> Tree:
        return self._answered(
            lambda: super(HostedWorld, self).call(method, url, data), self._call_of_host(method, url, data)
        )

    def _call_of_host(self, method: str, url: str, data: Tree) -> Callable[[], Tree] | None:
        """What asks the host for the answer to a call, None when it has no counterpart there."""
        if method == "POST":
            review = AccessReview.read(url, data)
            return None if review is None else partial(self._review, review)
        path = api_paths.parse(url)
        if path is None:
            return None
        kind = kind_of(path.group, path.plural) or self._custom_resources.get(path.resource)
        return None if kind is None else partial(self._read, path, kind)

    def _review(self, review: AccessReview) -> Map:
        question = {"user": review.spec.get("user", ""), "resource_attributes": review.attributes}
        if groups := review.spec.get("groups"):
            question["groups"] = groups
        return review.answered(self._host.access_review(question))

    def _read(self, path: ApiPath, kind: str) -> Map:
        if not path.name:
            return self._host.objects(path.api_version, kind, path.namespace, path.label_selector, path.field_selector)
        found = self._host.object(path.api_version, kind, path.namespace, path.name)
        if found is None:
            raise path.not_found()
        return found

    def _answered(self, given: Callable[[], T], hosted: Callable[[], T] | None) -> T:
        try:
            return given()
        except EvaluationError as unknown:
            if not unknown.unanswered or hosted is None:
                raise
            try:
                return hosted()
            except NoHost:
                raise unknown from None
            finally:
                self.poll_at_once()


@dataclass(frozen=True, slots=True)
class KubewardenHost:
    """Makes worlds in which a Kubewarden host answers; `ask` reaches it, by default the host that runs this module."""

    ask: Ask = kubewarden.ask
    limited: bool = True

    def world(self, given: Map, milliseconds: int, custom_resources: Mapping[str, str]) -> HostedWorld:
        check(given)
        return HostedWorld(given, milliseconds, monotonic(), Capabilities(self.ask), custom_resources)
