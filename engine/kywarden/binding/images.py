"""The images of a resource: what `images.containers.<name>.tag` and its like stand for.

Source: Kyverno pkg/utils/api/image.go; reference C.8.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kywarden import jmes
from kywarden.binding.mention import mention_of
from kywarden.binding.scope import Scope
from kywarden.errors import EvaluationError
from kywarden.model.world import World
from kywarden.values import go_text, image
from kywarden.values.space import trim
from kywarden.values.trees import Map, Tree


@dataclass(frozen=True, slots=True)
class Extractor:
    """Where a kind keeps images.

    group: the key below `images`; fields: the way to a map, `*` for each of a list or map; value: the map's field with
    the image; key: the field that names it, empty for the pointer; jmes_path: applied to the image, empty for nothing.
    """

    group: str
    fields: tuple[str, ...]
    value: str
    key: str = ""
    jmes_path: str = ""


def _standard(*fields: str) -> tuple[Extractor, ...]:
    return tuple(
        Extractor(group, (*fields, group, "*"), "image", "name")
        for group in ("initContainers", "containers", "ephemeralContainers")
    )


_POD = _standard("spec")
_POD_CONTROLLER = _standard("spec", "template", "spec")

EXTRACTORS: dict[str, tuple[Extractor, ...]] = {
    "Pod": _POD,
    "DaemonSet": _POD_CONTROLLER,
    "Deployment": _POD_CONTROLLER,
    "ReplicaSet": _POD_CONTROLLER,
    "ReplicationController": _POD_CONTROLLER,
    "StatefulSet": _POD_CONTROLLER,
    "CronJob": _standard("spec", "jobTemplate", "spec", "template", "spec"),
    "Job": _POD_CONTROLLER,
}
"""The kinds whose images Kyverno knows by itself, whatever their group."""


def extractors(configurations: Iterable[Mapping[str, Tree]]) -> tuple[Extractor, ...]:
    """The extractors of one kind from a rule's `imageExtractors`, which take the place of the table's."""
    return tuple(map(_extractor, configurations))


def _extractor(configuration: Mapping[str, Tree]) -> Extractor:
    def setting(name: str) -> str:
        value = configuration.get(name)
        return value if isinstance(value, str) else ""

    fields = [field for part in setting("path").split("/") if (field := part.strip(" "))]
    value = setting("value") or (fields.pop() if fields else "")
    return Extractor(setting("name") or "custom", tuple(fields), value, setting("key"), setting("jmesPath"))


def extract(
    resource: Map, world: World, configured: Mapping[str, tuple[Extractor, ...]] | None = None
) -> dict[str, dict[str, Map]]:
    """The images of a resource by group and key; `configured` is a rule's `imageExtractors`, prepared.

    Raises EvaluationError for an image or a field that is not what it must be.
    """
    kind = resource.get("kind")
    if not isinstance(kind, str):
        return {}
    images: dict[str, dict[str, Map]] = {}
    for extractor in (configured or {}).get(kind, EXTRACTORS.get(kind, ())):
        found: dict[str, Map] = {}
        _extract(extractor, resource, 0, [], found, world)
        if found:
            images[extractor.group] = found
    return images


def _extract(
    extractor: Extractor, tree: Tree, depth: int, path: list[str], found: dict[str, Map], world: World
) -> None:
    if tree is None:
        return
    rest = extractor.fields[depth:]
    if rest[:1] == ("*",):
        for name, item in _items(tree):
            _extract(extractor, item, depth + 1, [*path, name], found, world)
        return
    if not isinstance(tree, dict):
        raise EvaluationError("invalid image config")
    if rest:
        _extract(extractor, tree.get(rest[0]), depth + 1, [*path, rest[0]], found, world)
        return
    world.poll()
    pointer = f"/{'/'.join(path)}/{extractor.value}"
    key = tree.get(extractor.key) if extractor.key else pointer
    if not isinstance(key, str):
        raise EvaluationError("invalid key")
    reference = tree.get(extractor.value)
    if isinstance(reference, str) and trim(reference):
        found[key] = _image(_transformed(extractor.jmes_path, reference, world), pointer)


def _items(tree: Tree) -> Iterable[tuple[str, Tree]]:
    match tree:
        case list():
            return ((str(index), item) for index, item in enumerate(tree))
        case dict():
            return tree.items()
        case _:
            raise EvaluationError("invalid type")


def _transformed(jmes_path: str, reference: str, world: World) -> str:
    if not jmes_path:
        return reference
    try:
        expression = jmes.compile(jmes_path)
    except EvaluationError as error:
        raise error.within(f"invalid jmespath {jmes_path}") from None
    try:
        result = expression.search(reference, world)
    except EvaluationError as error:
        raise error.within(f"failed to apply jmespath {jmes_path}") from None
    if not isinstance(result, str):
        raise EvaluationError(f"jmespath {jmes_path} must produce a string, but produced {go_text.sprint(result)}")
    return result


def _image(reference: str, pointer: str) -> Map:
    """The parts of an image by their names in Kyverno; empty ones are left out, name and path excepted."""
    try:
        parsed = image.parse(reference)
    except image.ImageError as error:
        raise EvaluationError(f"invalid image '{reference}' ({error})") from None
    parts: Map = {
        "registry": parsed.registry,
        "tag": parsed.tag,
        "digest": parsed.digest,
        "reference": parsed.reference,
        "referenceWithTag": parsed.reference_with_tag,
    }
    filled: Map = {name: part for name, part in parts.items() if part}
    return {**filled, "name": parsed.name, "path": parsed.path, "jsonPointer": pointer}


@dataclass(frozen=True, slots=True)
class ImageLoader:
    """`images` of the object of a request, extracted when an expression mentions the word."""

    resource: Map
    storing: str = ""

    def is_mentioned(self, text: str) -> bool:
        return _mentions_images(text)

    def load(self, scope: Scope) -> Map:
        images = extract(self.resource, scope.world)
        return {"images": {group: dict(found) for group, found in images.items()}} if images else {}


_mentions_images = mention_of("images")
