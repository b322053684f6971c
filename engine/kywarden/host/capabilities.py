"""What a Kubewarden host can be asked, as functions that return objects.

One question is asked once per request: the answer, or the refusal, stands for all rules. An answer without what was
asked for is an error that names the question, never taken for "there is none".
Source: Kubewarden's policy SDKs, `host_capabilities`; reference kubewarden 2.4.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

from kywarden.errors import EvaluationError
from kywarden.host import user_roles
from kywarden.host.kubewarden import Ask, HostError, NotThere
from kywarden.model.resources import text
from kywarden.values import json_text
from kywarden.values.reading import ReadError
from kywarden.values.trees import Map, Tree, maps


@dataclass(slots=True)
class Capabilities:
    """The capabilities of one host during one request; every method raises `HostError` when the host refuses.

    What an answer lacks is an `EvaluationError`, unanswered.
    """

    ask: Ask
    _answers: dict[tuple[str, str], Tree | HostError] = field(default_factory=dict)

    def object(self, api_version: str, kind: str, namespace: str, name: str) -> Map | None:
        """One object, None when it does not exist; `namespace` is empty for cluster-scoped kinds."""
        question: Map = {
            "api_version": api_version,
            "kind": kind,
            "name": name,
            "namespace": namespace or None,
            "disable_cache": False,
        }
        where = f"{namespace}/{name}" if namespace else name
        capability, subject = "kubernetes/get_resource", f"{api_version} {kind} {where}"
        try:
            found = self._map(capability, question, subject)
        except NotThere:
            return None
        if text(found, "metadata", "name") != name or not _is_object(found):
            raise _lacking("object of this name", capability, subject)
        return found

    def objects(
        self, api_version: str, kind: str, namespace: str = "", label_selector: str = "", field_selector: str = ""
    ) -> Map:
        """A list of objects, of one namespace or of all; its `items` may be none, and lack apiVersion and kind."""
        question: Map = {
            "api_version": api_version,
            "kind": kind,
            "label_selector": label_selector or None,
            "field_selector": field_selector or None,
        }
        capability, subject = "kubernetes/list_resources_all", f"{api_version} {kind}"
        if namespace:
            question["namespace"] = namespace
            capability, subject = "kubernetes/list_resources_by_namespace", f"{subject} in {namespace}"
        found = self._map(capability, question, subject)
        items = found.get("items")
        if not isinstance(items, list) or not all(map(_is_object, items)):
            raise _lacking("list of items", capability, subject)
        return found

    def bindings(self, kind: str) -> list[Map]:
        """All bindings of a kind (`RoleBinding`, `ClusterRoleBinding`), of all namespaces."""
        found = maps(self.objects(user_roles.API_VERSION, kind)["items"])
        for binding in found:
            if not user_roles.is_binding(binding):
                raise _lacking("proper bindings", "kubernetes/list_resources_all", f"{user_roles.API_VERSION} {kind}")
        return found

    def access_review(self, review: Mapping[str, Tree]) -> Map:
        """The status of a SubjectAccessReview; `review` has user, maybe groups, and resource_attributes."""
        question: Map = {"subject_access_review": {**review}, "disable_cache": False}
        capability, subject = "kubernetes/can_i", f"{review.get('user')}"
        status = self._map(capability, question, subject)
        if not isinstance(status.get("allowed"), bool):
            raise _lacking("field allowed", capability, subject)
        return status

    def manifest_and_config(self, image: str) -> Map:
        """manifest, digest and config of the image that a reference names for this platform."""
        capability = "oci/v1/oci_manifest_config"
        found = self._map(capability, image, image)
        for key in ("manifest", "config"):
            if not isinstance(found.get(key), dict):
                raise _lacking(key, capability, image)
        _digest(found, capability, image)
        return found

    def manifest(self, image: str) -> Map:
        """The manifest behind a reference, or the index of manifests for several platforms."""
        return self._map("oci/v1/oci_manifest", image, image)

    def manifest_digest(self, image: str) -> str:
        """The digest of what `manifest` gives."""
        capability = "oci/v1/manifest_digest"
        return _digest(self._map(capability, image, image), capability, image)

    def addresses(self, host: str) -> list[IPv4Address | IPv6Address]:
        """The IP addresses of a host name, at least one."""
        capability = "net/v1/dns_lookup_host"
        addresses = self._map(capability, host, host).get("ips")
        try:
            found = [ipaddress.ip_address(str(each)) for each in addresses] if isinstance(addresses, list) else []
        except ValueError:
            found = []
        if not found:
            raise _lacking("list of ips", capability, host)
        return found

    def _map(self, capability: str, question: Tree, subject: str) -> Map:
        answer = self._answer(capability, question, subject)
        if isinstance(answer, dict):
            return answer
        raise EvaluationError(f"{capability} {subject}: the host's answer is no object", unanswered=True)

    def _answer(self, capability: str, question: Tree, subject: str) -> Tree:
        payload = json.dumps(question, ensure_ascii=False, separators=(",", ":"))
        key = (capability, payload)
        if key not in self._answers:
            self._answers[key] = self._asked(capability, payload, subject)
        answer = self._answers[key]
        if isinstance(answer, HostError):
            raise answer
        return answer

    def _asked(self, capability: str, payload: str, subject: str) -> Tree | HostError:
        namespace, _, operation = capability.partition("/")
        try:
            return json_text.load(self.ask(namespace, operation, payload.encode()))
        except HostError as error:
            return error.about(subject)
        except ReadError as error:
            return HostError(capability, f"the host's answer cannot be read: {error}", subject)


def _is_object(tree: Tree) -> bool:
    """Whether this can be an object of a cluster, whose labels are texts; of an item's metadata much may be missing."""
    metadata = tree.get("metadata", {}) if isinstance(tree, dict) else None
    if not isinstance(metadata, dict):
        return False
    labels = metadata.get("labels")
    return labels is None or (isinstance(labels, dict) and all(isinstance(value, str) for value in labels.values()))


def _digest(answer: Map, capability: str, image: str) -> str:
    if digest := text(answer, "digest"):
        return digest
    raise _lacking("digest", capability, image)


def _lacking(what: str, capability: str, subject: str) -> EvaluationError:
    return EvaluationError(f"{capability} {subject}: the host's answer has no {what}", unanswered=True)
