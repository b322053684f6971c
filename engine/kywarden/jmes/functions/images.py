"""Functions on image references (pkg/engine/jmespath/functions.go, pkg/utils/image/infos.go)."""

from __future__ import annotations

from typing import Any

from kywarden.jmes.signature import STRING, Function, failure
from kywarden.model.world import World
from kywarden.values import image


def _image_normalize(arguments: list[Any], world: World) -> str:
    try:
        return image.parse(arguments[0]).reference
    except image.ImageError as error:
        raise failure("image_normalize", str(error)) from None


TABLE: tuple[Function, ...] = (
    Function(
        "image_normalize",
        (STRING,),
        STRING,
        _image_normalize,
        "An image reference with its registry and its tag or digest spelled out.",
        "image_normalize('nginx')",
    ),
)
