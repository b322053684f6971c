"""What a Kubewarden host can be asked, as functions that return objects.

One question is asked once per request: the answer, or the refusal, stands for all rules.
Source: Kubewarden's policy SDKs, `host_capabilities`; reference kubewarden 2.4.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from kywarden.errors import EvaluationError
from kywarden.host.kubewarden import Ask, HostError, NotThere
from kywarden.values import json_text
from kywarden.values.reading import ReadError
from kywarden.values.trees import Map, Tree


@dataclass(slots=True)
class Capabilities:
    """The capabilities of one host during one request; every method raises `HostError` when the host refuses."""

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
        try:
            return self._map("kubernetes/get_resource", question, f"{api_version} {kind} {where}")
        except NotThere:
            return None

    def objects(
        self, api_version: str, kind: str, namespace: str = "", label_selector: str = "", field_selector: str = ""
    ) -> Map:
        """A list of objects, of one namespace or of all; its items may lack apiVersion and kind."""
        question: Map = {
            "api_version": api_version,
            "kind": kind,
            "label_selector": label_selector or None,
            "field_selector": field_selector or None,
        }
        if not namespace:
            return self._map("kubernetes/list_resources_all", question, f"{api_version} {kind}")
        question["namespace"] = namespace
        return self._map("kubernetes/list_resources_by_namespace", question, f"{api_version} {kind} in {namespace}")

    def access_review(self, review: Mapping[str, Tree]) -> Map:
        """The status of a SubjectAccessReview; `review` has user, maybe groups, and resource_attributes."""
        question: Map = {"subject_access_review": {**review}, "disable_cache": False}
        return self._map("kubernetes/can_i", question, f"{review.get('user')}")

    def manifest_and_config(self, image: str) -> Map:
        """manifest, digest and config of the image that a reference names for this platform."""
        return self._map("oci/v1/oci_manifest_config", image, image)

    def manifest(self, image: str) -> Map:
        """The manifest behind a reference, or the index of manifests for several platforms."""
        return self._map("oci/v1/oci_manifest", image, image)

    def manifest_digest(self, image: str) -> str:
        """The digest of what `manifest` gives."""
        return str(self._map("oci/v1/manifest_digest", image, image).get("digest") or "")

    def addresses(self, host: str) -> list[str]:
        """The IP addresses of a host name."""
        addresses = self._map("net/v1/dns_lookup_host", host, host).get("ips")
        return [text for text in addresses if isinstance(text, str)] if isinstance(addresses, list) else []

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
