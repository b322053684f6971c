"""The images of a resource."""

from __future__ import annotations

import pytest

from kywarden.binding import images
from kywarden.errors import EvaluationError
from kywarden.values.trees import Map, Tree
from tests import data
from tests.binding.worlds import Recorded


def extract(resource: Map, configured: dict[str, list[Map]] | None = None) -> dict[str, dict[str, Map]]:
    prepared = {kind: images.extractors(rows) for kind, rows in (configured or {}).items()}
    return images.extract(resource, Recorded(), prepared)


@pytest.mark.corpus
def test_images_are_those_that_kyvernos_unit_tests_expect() -> None:
    for row in data.unit("image", "images of resource"):
        resource = row["args"]["resource"]
        extractors = row["args"].get("imageExtractors")
        configured = {resource["kind"]: next(iter(extractors.values()))} if extractors else None
        found = {
            group: [{("pointer" if k == "jsonPointer" else k): v for k, v in image.items()} for image in found.values()]
            for group, found in extract(resource, configured).items()
        }
        assert found == row["expected"], row


POD: Map = {
    "kind": "Pod",
    "spec": {"containers": [{"name": "a", "image": "x:1"}, {"name": "b", "image": " "}, {"name": "c"}]},
}


def test_containers_without_image_are_left_out() -> None:
    assert list(extract(POD)["containers"]) == ["a"]
    assert extract({"kind": "Pod"}) == {}
    assert extract({"kind": "Boat", **POD["spec"]} if isinstance(POD["spec"], dict) else {}) == {}


def test_a_rule_may_say_where_the_images_are() -> None:
    boat: Map = {"kind": "Boat", "parts": {"x": {"ref": "oci://a/b:2"}, "y": {"ref": "oci://c"}}}
    found = extract(boat, {"Boat": [{"path": "/parts/*/ref", "jmesPath": "trim_prefix(@, 'oci://')"}]})
    assert {pointer: image["reference"] for pointer, image in found["custom"].items()} == {
        "/parts/x/ref": "docker.io/a/b:2",
        "/parts/y/ref": "docker.io/c:latest",
    }


@pytest.mark.parametrize(
    ("containers", "text"),
    [
        ("x", "invalid type"),
        (["x"], "invalid image config"),
        ([{"image": "x"}], "invalid key"),
        ([{"name": "a", "image": "A:b:c"}], "invalid image 'A:b:c' (bad image: "),
    ],
)
def test_what_is_wrong(containers: Tree, text: str) -> None:
    with pytest.raises(EvaluationError) as raised:
        extract({"kind": "Pod", "spec": {"containers": containers}})
    assert str(raised.value).startswith(text)
