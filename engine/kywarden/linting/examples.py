"""An example of each check: rules with the finding, and after a line of dashes what was meant.

Name and match are left out where they do not matter; what begins with `spec` is a policy.
"""

from __future__ import annotations

from collections.abc import Mapping

SEPARATOR = "---\n"

EXAMPLES: Mapping[str, str] = {
    "malformed": """\
context:
  name: limit
---
context:
- name: limit
  variable:
    value: 3
validate:
  pattern:
    spec:
      priority: "<{{ limit }}"
""",
    "bad-value": """\
validate:
  failureAction: Deny
  pattern:
    spec:
      hostNetwork: false
---
validate:
  failureAction: Enforce
  pattern:
    spec:
      hostNetwork: false
""",
    "unknown-field": """\
validate:
  mesage: Say who owns it.
  pattern:
    metadata:
      labels:
        owner: "?*"
---
validate:
  message: Say who owns it.
  pattern:
    metadata:
      labels:
        owner: "?*"
""",
    "refused": """\
validate:
  message: Nothing is asked.
---
validate:
  message: Pods keep to their own network.
  pattern:
    spec:
      hostNetwork: false
""",
    "unsupported": """\
generate:
  apiVersion: v1
  kind: ConfigMap
  name: defaults
  namespace: "{{ request.object.metadata.name }}"
  data:
    data:
      team: red
""",
    "expression-syntax": """\
validate:
  deny:
    conditions:
      any:
      - key: "{{ request.object.metadata.name | }}"
        operator: Equals
        value: web
---
validate:
  deny:
    conditions:
      any:
      - key: "{{ request.object.metadata.name }}"
        operator: Equals
        value: web
""",
    "unknown-function": """\
validate:
  deny:
    conditions:
      any:
      - key: "{{ to_uper(request.object.metadata.name) }}"
        operator: Equals
        value: WEB
---
validate:
  deny:
    conditions:
      any:
      - key: "{{ to_upper(request.object.metadata.name) }}"
        operator: Equals
        value: WEB
""",
    "wrong-arguments": """\
validate:
  deny:
    conditions:
      any:
      - key: "{{ split(request.object.metadata.name) }}"
        operator: AnyIn
        value: web
---
validate:
  deny:
    conditions:
      any:
      - key: "{{ split(request.object.metadata.name, '-') }}"
        operator: AnyIn
        value: web
""",
    "regex-syntax": """\
validate:
  deny:
    conditions:
      any:
      - key: "{{ regex_match('^(?!web-)', request.object.metadata.name) }}"
        operator: Equals
        value: true
---
validate:
  deny:
    conditions:
      any:
      - key: "{{ regex_match('^web-', request.object.metadata.name) }}"
        operator: Equals
        value: false
""",
    "undefined-variable": """\
validate:
  message: "{{ requests.object.metadata.name }} shares the network of its node."
  pattern:
    spec:
      hostNetwork: false
---
validate:
  message: "{{ request.object.metadata.name }} shares the network of its node."
  pattern:
    spec:
      hostNetwork: false
""",
    "quoted-text": """\
validate:
  deny:
    conditions:
      any:
      - key: '{{ request.object.metadata.labels.team || "" }}'
        operator: Equals
        value: ""
---
validate:
  deny:
    conditions:
      any:
      - key: "{{ request.object.metadata.labels.team || '' }}"
        operator: Equals
        value: ""
""",
    "unresolved-reference": """\
mutate:
  patchStrategicMerge:
    spec:
      containers:
      - (name): "*"
        args: ["--bind=$(POD_IP)"]
---
mutate:
  patchStrategicMerge:
    spec:
      containers:
      - (name): "*"
        args: ['--bind=\\$(POD_IP)']
""",
    "unused-context": """\
context:
- name: owner
  variable:
    value: red
validate:
  pattern:
    metadata:
      labels:
        owner: red
---
context:
- name: owner
  variable:
    value: red
validate:
  pattern:
    metadata:
      labels:
        owner: "{{ owner }}"
""",
    "unknown-kind": """\
match:
  any:
  - resources:
      kinds: [DaemonSets]
validate:
  pattern:
    spec:
      minReadySeconds: ">1"
---
match:
  any:
  - resources:
      kinds: [DaemonSet]
validate:
  pattern:
    spec:
      minReadySeconds: ">1"
""",
    "matches-nothing": """\
match:
  any:
  - resources:
      kinds: [ClusterRole]
      namespaces: [shop]
validate:
  deny: {}
---
match:
  any:
  - resources:
      kinds: [Role]
      namespaces: [shop]
validate:
  deny: {}
""",
    "literal-wildcard": """\
validate:
  pattern:
    spec:
      nodeSelector:
        disk-*: "?*"
---
validate:
  pattern:
    metadata:
      labels:
        disk-*: "?*"
""",
    "autogen-off": """\
match:
  any:
  - resources:
      kinds: [Pod]
      names: [web]
validate:
  pattern:
    spec:
      hostNetwork: false
---
validate:
  pattern:
    spec:
      hostNetwork: false
""",
    "unknown-operator": """\
validate:
  deny:
    conditions:
      any:
      - key: "{{ request.name }}"
        operator: Equal_s
        value: web
---
validate:
  deny:
    conditions:
      any:
      - key: "{{ request.name }}"
        operator: Equals
        value: web
""",
    "deprecated-operator": """\
validate:
  deny:
    conditions:
      any:
      - key: "{{ request.name }}"
        operator: In
        value: [web, shop]
---
validate:
  deny:
    conditions:
      any:
      - key: "{{ request.name }}"
        operator: AnyIn
        value: [web, shop]
""",
    "constant-condition": """\
validate:
  deny:
    conditions:
      any:
      - key: request.name
        operator: Equals
        value: web
---
validate:
  deny:
    conditions:
      any:
      - key: "{{ request.name }}"
        operator: Equals
        value: web
""",
    "mixed-types": """\
validate:
  deny:
    conditions:
      any:
      - key: "{{ request.name == 'web' }}"
        operator: Equals
        value: "true"
---
validate:
  deny:
    conditions:
      any:
      - key: "{{ request.name == 'web' }}"
        operator: Equals
        value: true
""",
    "null-order": """\
spec:
  rules:
  - name: runs
    match:
      any:
      - resources:
          kinds: [Deployment]
    validate:
      pattern:
        spec:
          =(paused): false
  - name: at-most-three
    match:
      any:
      - resources:
          kinds: [Deployment]
    validate:
      deny:
        conditions:
          any:
          - key: "{{ request.object.spec.minReadySeconds > `3` }}"
            operator: Equals
            value: true
---
spec:
  rules:
  - name: runs
    match:
      any:
      - resources:
          kinds: [Deployment]
    validate:
      pattern:
        spec:
          =(paused): false
  - name: at-most-three
    match:
      any:
      - resources:
          kinds: [Deployment]
    validate:
      deny:
        conditions:
          any:
          - key: "{{ request.object.spec.minReadySeconds }}"
            operator: GreaterThan
            value: 3
""",
    "missing-default": """\
validate:
  deny:
    conditions:
      any:
      - key: "{{ request.object.metadata.labels.team }}"
        operator: Equals
        value: red
---
validate:
  deny:
    conditions:
      any:
      - key: "{{ request.object.metadata.labels.team || '' }}"
        operator: Equals
        value: red
""",
    "never-holds": """\
validate:
  pattern:
    spec:
      priority: ">5 & <3"
---
validate:
  pattern:
    spec:
      priority: ">5 | <3"
""",
    "always-holds": """\
validate:
  pattern:
    spec:
      nodeName: "!a | !b"
---
validate:
  pattern:
    spec:
      nodeName: "!a & !b"
""",
    "no-range": """\
validate:
  pattern:
    spec:
      priority: "1 - 5"
---
validate:
  pattern:
    spec:
      priority: 1-5
""",
    "ignored-elements": """\
validate:
  pattern:
    spec:
      containers:
      - name: web
      - name: proxy
---
validate:
  pattern:
    spec:
      ^(containers):
      - name: web
      - name: proxy
""",
    "never-fails": """\
validate:
  pattern:
    spec:
      containers:
      - (image): "*:latest"
---
validate:
  pattern:
    spec:
      containers:
      - (image): "*:latest"
        imagePullPolicy: Always
""",
    "no-anchor": """\
validate:
  pattern:
    spec:
      "!(hostNetwork)": true
---
validate:
  pattern:
    spec:
      X(hostNetwork): true
""",
    "anchor-without-effect": """\
validate:
  pattern:
    spec:
      =(nodeName): "*"
---
validate:
  pattern:
    spec:
      =(nodeName): "?*"
""",
    "dangerous-patch": """\
mutate:
  patchStrategicMerge:
    spec:
      containers:
      - imagePullPolicy: Always
---
mutate:
  patchStrategicMerge:
    spec:
      containers:
      - (name): "*"
        imagePullPolicy: Always
""",
    "literal-in-patch": """\
mutate:
  patchStrategicMerge:
    spec:
      =(hostNetwork): false
---
mutate:
  patchStrategicMerge:
    spec:
      +(hostNetwork): false
""",
    "empty-map-in-patch": """\
mutate:
  patchStrategicMerge:
    spec:
      volumes:
      - name: tmp
        persistentVolumeClaim: {}
---
mutate:
  patchStrategicMerge:
    spec:
      volumes:
      - name: tmp
        persistentVolumeClaim:
          claimName: tmp
""",
    "unescaped-slash": """\
match:
  any:
  - resources:
      kinds: [Service]
mutate:
  patchesJson6902: |-
    - op: add
      path: /metadata/labels/example.com/team
      value: red
---
match:
  any:
  - resources:
      kinds: [Service]
mutate:
  patchesJson6902: |-
    - op: add
      path: /metadata/labels/example.com~1team
      value: red
""",
    "deprecated-field": """\
validate:
  failureActionOverrides:
  - action: enforce
    namespaces: [shop]
  pattern:
    spec:
      hostNetwork: false
---
validate:
  failureActionOverrides:
  - action: Enforce
    namespaces: [shop]
  pattern:
    spec:
      hostNetwork: false
""",
    "kyverno-warning": """\
match:
  any:
  - resources:
      kinds: [Deployment]
validate:
  pattern:
    spec:
      replicas: ">1"
---
match:
  any:
  - resources:
      kinds: [Deployment, Deployment/scale]
validate:
  pattern:
    spec:
      replicas: ">1"
""",
    "unused-ignore": """\
validate:
  pattern:
    spec:
      priority: 1-5  # kywarden: ignore[no-range]
---
validate:
  pattern:
    spec:
      priority: "1 - 5"  # kywarden: ignore[no-range]
""",
}
"""By the id of the check."""
