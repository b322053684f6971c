"""The exact text for typical policies and mistakes: what decides, with the lines of the policy and of the object."""

from __future__ import annotations

import pytest

from tests.explaining.told import policy, told

CASES = {
    "a_label_that_is_missing": (
        """\
validate:
  message: Say who owns it.
  pattern:
    metadata:
      labels:
        owner: "?*"
""",
        """\
p / r: fail  (audit)
  - metadata.labels.owner is missing; the pattern asks for "?*"
      --> policy.yaml:14:20
    14 |             owner: "?*"
       |                    ^^^^
     --> object.yaml:6:3
    6 |   labels:
      |   ^^^^^^
""",
    ),
    "a_value_that_is_wrong": (
        """\
validate:
  pattern:
    spec:
      =(hostNetwork): false
""",
        """\
p / r: fail  (audit)
  - spec.hostNetwork is true; the pattern asks for false
      --> policy.yaml:12:27
    12 |           =(hostNetwork): false
       |                           ^^^^^
     --> object.yaml:9:16
    9 |   hostNetwork: true
      |                ^^^^
""",
    ),
    "an_element_of_a_list": (
        """\
validate:
  pattern:
    spec:
      containers:
      - image: "!*:latest"
""",
        """\
p / r: fail  (audit)
  - spec.containers[0].image is "nginx:latest"; the pattern asks for "!*:latest"
      --> policy.yaml:13:20
    13 |           - image: "!*:latest"
       |                    ^^^^^^^^^^^
      --> object.yaml:13:12
    13 |     image: nginx:latest
       |            ^^^^^^^^^^^^
""",
    ),
    "a_condition_of_a_pattern": (
        """\
validate:
  pattern:
    spec:
      containers:
      - (name): db
        image: "*:1"
""",
        """\
p / r: skip  (audit)
  - nothing of the pattern applies: its conditions are not met
      --> policy.yaml:12:11
    12 |           containers:
       |           ^^^^^^^^^^
      --> object.yaml:11:3
    11 |   containers:
       |   ^^^^^^^^^^
    - a condition of the pattern is not met: spec.containers[0].name is "main"; the pattern asks for "db"
        --> policy.yaml:13:21
      13 |           - (name): db
         |                     ^^
        --> object.yaml:12:11
      12 |   - name: main
         |           ^^^^
    - a condition of the pattern is not met: spec.containers[1].name is "side"; the pattern asks for "db"
        --> object.yaml:14:11
      14 |   - name: side
         |           ^^^^
""",
    ),
    "a_forbidden_key": (
        """\
validate:
  pattern:
    spec:
      X(hostNetwork): "null"
""",
        """\
p / r: fail  (audit)
  - spec.hostNetwork is there, which X(hostNetwork) forbids
      --> policy.yaml:12:27
    12 |           X(hostNetwork): "null"
       |                           ^^^^^^
     --> object.yaml:9:16
    9 |   hostNetwork: true
      |                ^^^^
""",
    ),
    "an_existence_anchor": (
        """\
validate:
  pattern:
    spec:
      ^(containers):
      - name: log-*
""",
        """\
p / r: fail  (audit)
  - no element of spec.containers is as ^(containers) asks
      --> policy.yaml:12:11
    12 |           ^(containers):
       |           ^^^^^^^^^^^^^
      --> object.yaml:11:3
    11 |   containers:
       |   ^^^^^^^^^^
    - spec.containers[0].name is "main"; the pattern asks for "log-*"
        --> policy.yaml:13:19
      13 |           - name: log-*
         |                   ^^^^^
        --> object.yaml:12:11
      12 |   - name: main
         |           ^^^^
    - spec.containers[1].name is "side"; the pattern asks for "log-*"
        --> object.yaml:14:11
      14 |   - name: side
         |           ^^^^
""",
    ),
    "alternatives": (
        """\
validate:
  anyPattern:
  - spec: {priority: "<5"}
  - spec: {hostNetwork: false}
""",
        """\
p / r: fail  (audit)
  - alternative 0: spec.priority is 7; the pattern asks for "<5"
      --> policy.yaml:11:26
    11 |       - spec: {priority: "<5"}
       |                          ^^^^
      --> object.yaml:10:13
    10 |   priority: 7
       |             ^
  - alternative 1: spec.hostNetwork is true; the pattern asks for false
      --> policy.yaml:12:29
    12 |       - spec: {hostNetwork: false}
       |                             ^^^^^
     --> object.yaml:9:16
    9 |   hostNetwork: true
      |                ^^^^
""",
    ),
    "a_denial_with_both_sides": (
        """\
context:
- name: limit
  variable:
    jmesPath: request.object.metadata.labels.limit
    default: 5
validate:
  deny:
    conditions:
      any:
      - key: "{{ request.object.spec.priority }}"
        operator: GreaterThan
        value: "{{ limit }}"
""",
        """\
p / r: fail  (audit)
  - {{ request.object.spec.priority }} = 7 GreaterThan {{ limit }} = 5: holds
      --> policy.yaml:18:18
    18 |           - key: "{{ request.object.spec.priority }}"
       |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      --> object.yaml:10:13
    10 |   priority: 7
       |             ^
    - the context entry limit is 5
        --> policy.yaml:10:13
      10 |     - name: limit
         |             ^^^^^
""",
    ),
    "an_element_of_a_loop": (
        """\
validate:
  foreach:
  - list: request.object.spec.containers
    deny:
      conditions:
        all:
        - key: "{{ element.securityContext.privileged || `false` }}"
          operator: Equals
          value: true
""",
        """\
p / r: fail  (audit)
  - element 1, "side", fails
      --> policy.yaml:11:15
    11 |       - list: request.object.spec.containers
       |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      --> object.yaml:14:5
    14 |   - name: side
       |     ^^^^^^^^^^
    - {{ element.securityContext.privileged || `false` }} = true Equals true: holds
        --> policy.yaml:15:20
      15 |             - key: "{{ element.securityContext.privileged || `false` }}"
         |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        --> object.yaml:17:19
      17 |       privileged: true
         |                   ^^^^
""",
    ),
    "a_control_of_pod_security": (
        """\
validate:
  podSecurity:
    level: baseline
    exclude:
    - controlName: Host Namespaces
""",
        """\
p / r: fail  (audit)
  - Privileged Containers (baseline): privileged
      --> policy.yaml:11:16
    11 |         level: baseline
       |                ^^^^^^^^
    - spec.containers[1].securityContext.privileged is true, which is forbidden
        --> object.yaml:17:19
      17 |       privileged: true
         |                   ^^^^
""",
    ),
    "preconditions_that_do_not_hold": (
        """\
preconditions:
  all:
  - key: "{{ request.operation }}"
    operator: Equals
    value: UPDATE
validate:
  deny: {}
""",
        """\
p / r: skip  (audit)
  - {{ request.operation }} = "CREATE" Equals "UPDATE": does not hold
      --> policy.yaml:11:14
    11 |       - key: "{{ request.operation }}"
       |              ^^^^^^^^^^^^^^^^^^^^^^^^^
""",
    ),
    "a_variable_that_cannot_be_resolved": (
        """\
validate:
  deny:
    conditions:
      any:
      - key: "{{ request.object.spec.nodeName }}"
        operator: Equals
        value: red
""",
        """\
p / r: error  (audit)
  - {{ request.object.spec.nodeName }} cannot be resolved: JMESPath query failed: Unknown key "nodeName" in path
      --> policy.yaml:13:22
    13 |           - key: "{{ request.object.spec.nodeName }}"
       |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
     --> object.yaml:8:1
    8 | spec:
      | ^^^^
""",
    ),
    "a_kind_that_does_not_match": (
        """\
validate: {deny: {}}
""",
        """\
p / r: not selected
  - match asks for kinds Deployment; the request is about v1/Pod
     --> policy.yaml:8:32
    8 |     match: {any: [{resources: {kinds: [Deployment], namespaces: [shop]}}]}
      |                                ^^^^^
     --> object.yaml:2:7
    2 | kind: Pod
      |       ^^^
""",
        "{any: [{resources: {kinds: [Deployment], namespaces: [shop]}}]}",
    ),
    "a_namespace_selector_that_does_not_match": (
        """\
validate: {deny: {}}
""",
        """\
p / r: not selected  (audit)
  - match asks for namespaceSelector {"matchLabels": {"team": "blue"}}; the namespace has labels {"team": "red"}
     --> policy.yaml:8:46
    8 | …match: {all: [{resources: {kinds: [Pod], namespaceSelector: {matchLabels: {team: blue}}}}]}
      |                                           ^^^^^^^^^^^^^^^^^
""",
        "{all: [{resources: {kinds: [Pod], namespaceSelector: {matchLabels: {team: blue}}}}]}",
    ),
    "an_exclude_that_takes_it_out": (
        """\
exclude: {any: [{resources: {namespaces: [sh*]}}]}
validate: {deny: {}}
""",
        """\
p / r: not selected  (audit)
  - exclude.any[0] takes the request out
     --> policy.yaml:9:21
    9 |     exclude: {any: [{resources: {namespaces: [sh*]}}]}
      |                     ^^^^^^^^^^
    - namespaces sh*; the object is in shop
       --> policy.yaml:9:34
      9 |     exclude: {any: [{resources: {namespaces: [sh*]}}]}
        |                                  ^^^^^^^^^^
       --> object.yaml:5:14
      5 |   namespace: shop
        |              ^^^^
""",
    ),
    "a_patch_whose_condition_is_not_met": (
        """\
mutate:
  patchStrategicMerge:
    metadata:
      labels:
        (app): db
        tier: back
""",
        """\
p / r: skip
  - a condition of the patch is not met: metadata.labels.app is "web", not "db"
      --> policy.yaml:13:13
    13 |             (app): db
       |             ^^^^^
     --> object.yaml:7:10
    7 |     app: web
      |          ^^^
""",
    ),
    "a_patch_that_changes_something": (
        """\
mutate:
  patchStrategicMerge:
    spec:
      hostNetwork: false
""",
        """\
p / r: pass
  - spec.hostNetwork was true and becomes false
     --> policy.yaml:9:5
    9 |     mutate:
      |     ^^^^^^
     --> object.yaml:9:16
    9 |   hostNetwork: true
      |                ^^^^
""",
    ),
}
"""name: (rule, text[, match])"""


@pytest.mark.parametrize("name", CASES)
def test_the_text_says_what_decides_and_where(name: str) -> None:
    rule, expected, *match = CASES[name]
    assert told(policy(rule, *match)) == expected
