"""SubjectAccessReviews, which policies post to the API server: may a user do something?

Source: k8s.io/api/authorization/v1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kywarden.values.trees import Map, Tree

_URL = re.compile(
    r"/apis/authorization\.k8s\.io/v1/(?:subjectaccessreviews|namespaces/[^/]+/localsubjectaccessreviews)/?"
)
_ATTRIBUTES = ("namespace", "verb", "group", "version", "resource", "subresource", "name")
_REQUIRED = ("verb", "resource")


def are_posted_to(url: str) -> bool:
    """Whether what is posted to the URL is such a review."""
    return _URL.fullmatch(url) is not None


@dataclass(frozen=True, slots=True)
class AccessReview:
    """A review that asks whether a user, by name and groups, may do something to a resource.

    posted: the whole; spec: its spec, attributes: of the resource, both without what is empty.
    """

    posted: Map
    spec: Map
    attributes: Map

    @staticmethod
    def read(url: str, posted: Tree) -> AccessReview | None:
        """The review that is posted to a URL, None when it is none or asks for more than that."""
        if not are_posted_to(url) or not isinstance(posted, dict):
            return None
        spec = _filled(posted.get("spec"))
        attributes = _filled(spec.get("resourceAttributes"))
        understood = spec.keys() <= {"user", "groups", "resourceAttributes"} and attributes.keys() <= set(_ATTRIBUTES)
        if not understood or not all(key in attributes for key in _REQUIRED):
            return None
        return AccessReview(posted, spec, attributes)

    def answered(self, status: Map) -> Map:
        """The review as the API server gives it back."""
        return {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "metadata": {},
            **self.posted,
            "status": status,
        }


def _filled(tree: Tree) -> Map:
    return {key: value for key, value in tree.items() if value} if isinstance(tree, dict) else {}
