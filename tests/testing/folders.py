"""Folders of a test run: files by name."""

from __future__ import annotations

from pathlib import Path

OWNER = """\
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: owner
spec:
  rules:
  - name: has-owner
    match: {any: [{resources: {kinds: [Pod]}}]}
    validate:
      message: needs an owner
      pattern: {metadata: {labels: {owner: "?*"}}}
"""
PODS = """\
apiVersion: v1
kind: Pod
metadata: {name: owned, labels: {owner: ann}}
---
# nobody's
apiVersion: v1
kind: Pod
metadata: {name: stray}
"""
TEST = """\
apiVersion: cli.kyverno.io/v1alpha1
kind: Test
metadata: {name: owner}
policies: [owner.yaml]
resources: [pods.yaml]
results:
- {policy: owner, rule: has-owner, kind: Pod, result: pass, resources: [owned]}
- {policy: owner, rule: has-owner, kind: Pod, result: fail, resources: [stray]}
"""
CEL = """\
apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata: {name: cel-owner}
spec:
  validations: [{expression: "true"}]
"""
FILES = {"owner.yaml": OWNER, "pods.yaml": PODS, "kyverno-test.yaml": TEST}


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write the files, whose folders are made."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder
