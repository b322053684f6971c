"""Linting whole files: places, texts, what is waived, what the loader says."""

from __future__ import annotations

from textwrap import dedent

import pytest

from kywarden.cli.snippet import snippet
from kywarden.linting.finding import Finding, Report
from kywarden.linting.linter import lint


def linted(text: str) -> Report:
    return lint([("policy.yaml", dedent(text))])


def shown(finding: Finding, report: Report) -> str:
    """A finding as people see it."""
    line, carets = snippet(report.sources[finding.place.file], finding.place)
    said = f"{finding.place.line}:{finding.place.column} {finding.check.id}: {finding.said}"
    return f"{said}\n{line}\n{carets}"


TYPICAL = """\
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: typical-mistakes
spec:
  background: flase
  rules:
  - name: misspelt
    mach:
      any:
      - resources: {kinds: [Pod]}
    match:
      any:
      - resources:
          kinds:
          - Deployement
    context:
    - name: owner
      variable: {jmesPath: request.object.metadata.labels.owner}
    preconditions:
      all:
      - key: "{{ request.operation }}"
        operator: In
        value: [CREATE]
      - key: "{{ length(request.object.spec.containers) > `1` }}"
        operator: Equals
        value: "true"
    validate:
      message: >-
        {{ onwer }} should know that
        {{ to_uper(request.object.metadata.name) }} is wrong
      pattern:
        spec:
          =(hostNetwork): "*"
          priority: ">10 & <5"
          tolerations:
          - key: "a - b"
            tolerationSeconds: "10 - 20"
          - key: c
          nodeSelector: {"disk*": "!ssd | !nvme"}
  - name: patch
    match:
      any:
      - resources: {kinds: [Pod]}
    mutate:
      patchStrategicMerge:
        spec:
          containers:
          - image: "{{ regex_replace_all('(?<name>', 'x', 'y') }}"
"""

TYPICAL_TEXTS = """\
6:15 malformed: json: cannot unmarshal string into Go struct field Spec.spec.background of type bool
  background: flase
              ^^^^^

9:5 unknown-field: "mach" is no field of a rule: did you mean "match"?
    mach:
    ^^^^

16:13 unknown-kind: no cluster has a kind Deployement by itself: did you mean "Deployment"?
          - Deployement
            ^^^^^^^^^^^

18:13 unused-context: the context entry owner is used nowhere in the rule
    - name: owner
            ^^^^^

23:19 deprecated-operator: In is deprecated: use AnyIn, or AllIn for a list as key
        operator: In
                  ^^

27:16 mixed-types: a bool never equals a text: write true without quotes
        value: "true"
               ^^^^^^

30:12 undefined-variable: there is no variable onwer: did you mean "owner"?
        {{ onwer }} should know that
           ^^^^^

31:12 unknown-function: there is no function to_uper: did you mean "to_upper"?
        {{ to_uper(request.object.metadata.name) }} is wrong
           ^^^^^^^

34:11 anchor-without-effect: =(hostNetwork): "*" accepts every text and number, and refuses every map and list: \
leave it out, or say what is asked
          =(hostNetwork): "*"
          ^^^^^^^^^^^^^^

35:21 never-holds: no value holds for ">10 & <5": no value is >10 and <5
          priority: ">10 & <5"
                    ^^^^^^^^^^

38:33 no-range: "10 - 20" is compared as a text, since a range has no spaces: write "10-20"
            tolerationSeconds: "10 - 20"
                                ^^^^^^^

39:13 ignored-elements: only the first element of a list pattern counts, and it counts for every element of the resource
          - key: c
            ^^^

40:26 literal-wildcard: "disk*" is looked up as it is written: only keys of metadata.labels and annotations know \
wildcards
          nodeSelector: {"disk*": "!ssd | !nvme"}
                         ^^^^^^^

40:35 always-holds: every text holds for "!ssd | !nvme": whatever is ssd is not nvme, so one of the two always holds; \
join them with &
          nodeSelector: {"disk*": "!ssd | !nvme"}
                                  ^^^^^^^^^^^^^^

49:13 dangerous-patch: an element of containers without name empties the whole list: add name, or a condition such as \
(name): "*"
          - image: "{{ regex_replace_all('(?<name>', 'x', 'y') }}"
            ^^^^^

49:24 regex-syntax: JMESPath function 'regex_replace_all': error parsing regexp: missing closing ): `(?<name>`
          - image: "{{ regex_replace_all('(?<name>', 'x', 'y') }}"
                       ^^^^^^^^^^^^^^^^^
"""


def test_typical_mistakes() -> None:
    report = linted(TYPICAL)
    assert "\n\n".join(shown(one, report) for one in report.findings) + "\n" == TYPICAL_TEXTS


GOOD = """\
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: good
spec:
  rules:
  - name: first
    match:
      any:
      - resources:
          kinds: [Pod]
    validate:
      pattern:
        spec:
          priority: {priority}
"""


def ids(text: str) -> list[str]:
    return [finding.check.id for finding in lint([("policy.yaml", text)]).findings]


WRONG = GOOD.replace("{priority}", '"1 - 5"')


def test_a_comment_at_the_end_of_a_line_waives_its_findings() -> None:
    assert ids(WRONG) == ["no-range"]
    assert ids(WRONG.replace('"1 - 5"', '"1 - 5"  # kywarden: ignore[no-range]')) == []
    assert ids(WRONG.replace('"1 - 5"', '"1 - 5"  # kywarden: ignore')) == []


@pytest.mark.parametrize("before", ["  - name: first", "    validate:", "        spec:", "          priority:"])
def test_a_comment_alone_on_a_line_is_about_all_that_follows_inside(before: str) -> None:
    assert ids(WRONG.replace(before, f"# kywarden: ignore[no-range, never-holds]\n{before}")) == []


def test_a_comment_before_the_first_key_is_about_the_document() -> None:
    assert ids("# kywarden: ignore[no-range]\n" + WRONG) == []
    assert ids(f"# kywarden: ignore[no-range]\n{WRONG}---\n{WRONG}") == ["no-range"]


def test_a_comment_elsewhere_waives_nothing() -> None:
    text = WRONG.replace("    match:", "    # kywarden: ignore[no-range]\n    match:")
    assert ids(text) == ["no-range", "unused-ignore"]


def test_a_comment_that_names_no_check_is_told() -> None:
    report = linted(GOOD.replace("{priority}", "5  # kywarden: ignore[no-rnge]"))
    assert [finding.said for finding in report.findings] == ["there is no check no-rnge"]


def test_what_is_no_policy_is_passed_over() -> None:
    report = linted("apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n---\n" + WRONG)
    assert report.policies == 1
    assert [finding.place.line for finding in report.findings] == [19]


@pytest.mark.parametrize("kind", ["Test", "Values", "UserInfo", "GlobalContextEntry"])
def test_what_stands_beside_policies_is_passed_over(kind: str) -> None:
    report = linted(f"apiVersion: kyverno.io/v1\nkind: {kind}\nmetadata: {{name: x}}\n---\n" + WRONG)
    assert (report.policies, [finding.check.id for finding in report.findings]) == (1, ["no-range"])


def test_kinds_and_versions_that_are_not_supported_are_told_once() -> None:
    text = WRONG.replace("kyverno.io/v1\n", "kyverno.io/v9\n")
    report = linted(
        text + "---\n" + WRONG.replace("kyverno.io/v1\nkind: ClusterPolicy", "kyverno.io/v1\nkind: Cleanup")
    )
    assert [finding.check.id for finding in report.findings] == ["unsupported", "unsupported"]
    assert report.findings[0].message == "version v9 of ClusterPolicy is not supported, only v1, v2beta1"


def test_a_file_that_cannot_be_read_is_told_beside_what_is_found_in_others() -> None:
    report = lint([("chart.yaml", "a: [\n}"), ("policy.yaml", WRONG)])
    assert [line.partition(": ")[0] for line in report.unread] == ["chart.yaml, line 2, column 1"]
    assert [finding.check.id for finding in report.findings] == ["no-range"]


def test_rules_are_reported_with_the_reasons_why_they_cannot_run() -> None:
    generate = "{apiVersion: v1, kind: Secret, name: s, namespace: shop, data: {data: {}}}"
    second = f"  - {{name: second, match: {{any: [{{resources: {{kinds: [Namespace]}}}}]}}, generate: {generate}}}\n"
    text = GOOD.replace("{priority}", "5") + second
    report = lint([("policy.yaml", text)])
    assert [(rule.rule, rule.topic, rule.supported) for rule in report.rules] == [
        ("first", "validate pattern", True),
        ("second", "generate", False),
    ]
    assert report.rules[1].reasons[0].startswith("generate rules are not an admission matter")


def test_a_policy_exception_is_linted_alone() -> None:
    report = linted(
        """\
        apiVersion: kyverno.io/v2
        kind: PolicyException
        metadata: {name: x, namespace: shop}
        spec:
          exceptons: []
          exceptions: [{policyName: p, ruleNames: [r]}]
          match: {any: [{resources: {kinds: [Pod]}}]}
        """
    )
    assert [finding.said for finding in report.findings] == [
        '"exceptons" is no field of spec: did you mean "exceptions"?'
    ]


def test_a_refusal_is_told_in_kyvernos_words_where_nothing_more_exact_is_known() -> None:
    text = GOOD.replace("{priority}", "5").replace("  rules:", "  admission: false\n  background: false\n  rules:")
    report = lint([("policy.yaml", text)])
    assert [(one.check.id, one.message, one.place.line) for one in report.findings] == [
        ("refused", "disabling both admission and background processing is not allowed", 6)
    ]


def test_the_items_of_a_list_are_linted_where_they_stand() -> None:
    report = linted(
        """\
        apiVersion: v1
        kind: List
        items:
        - apiVersion: v1
          kind: Pod
        - apiVersion: kyverno.io/v1
          kind: ClusterPolicy
          metadata: {name: first}
          spec:
            rulez: []  # kywarden: ignore[unknown-field]
        - apiVersion: kyverno.io/v1
          kind: ClusterPolicy
          metadata: {name: second}
          spec:
            rulez: []
        """
    )
    assert report.policies == 2
    assert [shown(finding, report) for finding in report.findings] == [
        '15:5 unknown-field: "rulez" is no field of spec: did you mean "rules"?\n    rulez: []\n    ^^^^^'
    ]


def test_a_comment_is_found_behind_a_text_that_holds_a_number_sign() -> None:
    report = linted(GOOD.replace("{priority}", '"5 # five"  # kywarden: ignore[no-range]'))
    (finding,) = report.findings
    assert shown(finding, report).splitlines()[2].index("^") == report.sources["policy.yaml"][
        finding.place.line - 1
    ].index("# kywarden")


def test_a_text_waives_nothing() -> None:
    text = WRONG.replace("    validate:", "    validate:\n      message: |\n        # kywarden: ignore")
    assert "no-range" in ids(text)


def test_rules_keep_their_numbers_beside_empty_ones() -> None:
    text = dedent(GOOD).replace("  rules:\n", "  rules:\n  - null\n")
    [report] = linted(text).rules
    assert (report.rule, report.place.line) == ("first", 8)
