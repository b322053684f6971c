"""Explanations for programs and for pull requests: JSON, Markdown."""

from __future__ import annotations

import json as json_module
from collections.abc import Iterator, Sequence

from kywarden.cli.snippet import snippet
from kywarden.explaining.statement import Explanation, RuleStory, Statement
from kywarden.values.trees import Map
from kywarden.values.yaml_places import Place

MARKS = {"pass": "✅", "fail": "❌", "error": "⚠️", "skip": "⏭️"}


def json(explanations: Sequence[Explanation]) -> str:
    """A list of requests, each with its rules and their statements."""
    return json_module.dumps([_explanation(one) for one in explanations], indent=2, ensure_ascii=False) + "\n"


def _explanation(one: Explanation) -> Map:
    return {
        "operation": one.operation,
        "kind": one.kind,
        "namespace": one.namespace,
        "name": one.name,
        "accepted": one.accepted,
        "message": one.message,
        **({"note": one.note} if one.note else {}),
        "rules": [_rule(rule) for rule in one.rules],
    }


def _rule(story: RuleStory) -> Map:
    return {
        "policy": story.policy,
        "rule": story.rule,
        "status": story.status,
        "message": story.message,
        "phase": story.phase,
        "place": _place(story.place),
        "statements": [_statement(statement) for statement in story.statements],
    }


def _statement(statement: Statement) -> Map:
    return {
        "kind": statement.kind,
        "text": statement.text,
        "decides": statement.decides,
        "policy": _place(statement.policy),
        "resource": _place(statement.resource),
        "inner": [_statement(one) for one in statement.inner],
    }


def _place(place: Place | None) -> Map | None:
    if place is None:
        return None
    return {"file": place.file, "line": place.line, "column": place.column, "endColumn": place.column + place.length}


def markdown(explanations: Sequence[Explanation]) -> str:
    """A section for each request: a table of the rules, and the reasons of those that did not pass."""
    return "\n".join("\n".join(_section(one)) + "\n" for one in explanations)


def _section(one: Explanation) -> Iterator[str]:
    yield f"### {'✅ accepted' if one.accepted else '❌ denied'}: {one.operation} `{one.resource}`\n"
    if one.note:
        yield f"{_escaped(one.note)}\n"
        return
    yield "| policy | rule | status |"
    yield "|---|---|---|"
    for rule in one.rules:
        yield f"| {_cell(rule.policy)} | {_cell(rule.rule)} | {MARKS.get(rule.status, '')} {rule.status} |"
    for rule in one.rules:
        if rule.status in ("fail", "error", "skip"):
            yield from _reasons(rule, one)


def _reasons(story: RuleStory, explanation: Explanation) -> Iterator[str]:
    yield f"\n#### {MARKS[story.status]} {story.policy} / {story.rule}\n"
    if story.message:
        yield "\n".join(f"> {_escaped(line)}" for line in story.message.split("\n")) + "\n"
    for statement in story.statements:
        if any(each.decides for each in statement.all()):
            yield from _item(statement, explanation, "")


def _item(statement: Statement, explanation: Explanation, indent: str) -> Iterator[str]:
    yield f"{indent}- {_escaped(statement.text)}"
    for place in (statement.policy, statement.resource):
        if place is not None:
            line, carets = snippet(explanation.sources.get(place.file, []), place)
            fence = "`" * (3 + line.count("`"))
            yield f"\n{indent}  `{place}`\n{indent}  {fence}\n{indent}  {line}\n{indent}  {carets}\n{indent}  {fence}"
    for inner in statement.inner:
        yield from _item(inner, explanation, f"{indent}  ")


def _escaped(text: str) -> str:
    return "".join(f"\\{character}" if character in "\\`*_<>|[]" else character for character in text)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
