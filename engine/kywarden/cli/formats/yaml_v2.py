"""YAML as sigs.k8s.io/yaml writes it (go-yaml v2): keys sorted, two spaces, lists not indented, long lines folded.

PyYAML's emitter is a port of the same one; only the choice of styles for strings differs.
"""

from __future__ import annotations

import yaml
from yaml.emitter import ScalarAnalysis
from yaml.events import ScalarEvent
from yaml.nodes import MappingNode, ScalarNode

from kywarden.values.trees import Tree
from kywarden.values.yaml_emit import NATURAL, is_plain

WIDTH = 80


class _Dumper(yaml.SafeDumper):
    """Writes strings as go-yaml does, and shares nothing."""

    def ignore_aliases(self, data: object) -> bool:
        return True

    def check_simple_key(self) -> bool:
        simple: bool = super().check_simple_key()
        return simple or (isinstance(self.event, ScalarEvent) and self.event.value == "")

    def analyze_scalar(self, text: str) -> ScalarAnalysis:
        analysis: ScalarAnalysis = super().analyze_scalar(text)
        if max(text, default="") > "\uffff":
            # what takes more than two bytes counts as not printable
            analysis.allow_flow_plain = analysis.allow_block_plain = False
            analysis.allow_single_quoted = analysis.allow_block = False
        return analysis

    def represent_text(self, text: str) -> ScalarNode:
        style = "|" if "\n" in text else None if is_plain(text) else '"'
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    def represent_map(self, tree: dict[str, Tree]) -> MappingNode:
        return self.represent_mapping("tag:yaml.org,2002:map", [(key, tree[key]) for key in sorted(tree, key=NATURAL)])

    def represent_other(self, value: bool | int | None) -> ScalarNode:
        text = "null" if value is None else str(value).lower()
        return self.represent_scalar("tag:yaml.org,2002:str", text)


_Dumper.add_representer(str, _Dumper.represent_text)
_Dumper.add_representer(dict, _Dumper.represent_map)
for other in (bool, int, type(None)):
    _Dumper.add_representer(other, _Dumper.represent_other)
# whether a string could be something else is decided above
_Dumper.yaml_implicit_resolvers = {}


def dump(tree: Tree) -> str:
    """The document, with a line feed at its end."""
    text: str = yaml.dump(tree, Dumper=_Dumper, default_flow_style=False, allow_unicode=True, width=WIDTH)
    return text
