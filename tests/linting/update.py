"""`python -m tests.linting.update`: write the documentation of the checks and the JSON Schema of policies anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from kywarden.linting import documentation, json_schema
from tests import data

ENGINE = data.ROOT / "engine"

FILES: Mapping[Path, Callable[[], str]] = {
    ENGINE / "docs" / "lint.md": documentation.page,
    ENGINE / "kywarden" / "linting" / "kyverno.schema.json": lambda: json.dumps(json_schema.schema(), indent=2) + "\n",
}

if __name__ == "__main__":
    for path, content in FILES.items():
        path.write_text(content(), encoding="utf-8")
