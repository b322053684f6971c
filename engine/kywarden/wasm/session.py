"""Sessions: what a host was asked and what it answered, in the file format of `kwctl run`.

`--record-host-capabilities-interactions` writes one, `--replay-host-capabilities-interactions` reads it: a list of
exchanges, each with the question as a YAML text whose tag is the variant of the host's request. Scalars are YAML 1.2's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from kywarden.values.trees import MAX_DEPTH, Map, Tree
from kywarden.wasm.callbacks import Answer, AnswerFailed
from kywarden.wasm.payloads import PayloadError
from kywarden.wasm.questions import Question, completed

_FASTEST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_NULL = ("", "~", "null", "Null", "NULL")
_FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


class SessionError(Exception):
    """The text is no session; says why."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, and its answer or the text of its failure; exactly one of them is not None."""

    question: Question
    answer: str | None = None
    failure: str | None = None


@dataclass(slots=True)
class Recorder:
    """Hands questions on, and remembers every exchange."""

    behind: Answer
    exchanges: list[Exchange] = field(default_factory=list)

    def __call__(self, question: Question) -> bytes:
        try:
            answer = self.behind(question)
        except AnswerFailed as failed:
            self.exchanges.append(Exchange(question, failure=failed.text))
            raise
        self.exchanges.append(Exchange(question, answer.decode()))
        return answer


@dataclass(slots=True)
class Replay:
    """Answers questions with the exchanges of a session, strictly in their order; each is used up by one question."""

    exchanges: Sequence[Exchange]
    used: int = 0

    @property
    def left(self) -> Sequence[Exchange]:
        """The exchanges that nobody has asked for."""
        return self.exchanges[self.used :]

    def __call__(self, question: Question) -> bytes:
        if not self.left:
            raise AnswerFailed("the list of recorded responses is empty")
        exchange = self.left[0]
        self.used += 1
        if exchange.question != question:
            expected, got = exchange.question.debug(), question.debug()
            raise AnswerFailed(f"Replay error: unexpected request. Was expecting {expected}, got {got} instead")
        if exchange.failure is not None:
            raise AnswerFailed(exchange.failure)
        return (exchange.answer or "").encode()


def is_session(text: str) -> bool:
    """Whether the text is a list of exchanges, maybe an empty one, or nothing at all."""
    try:
        nodes = [event for event in yaml.parse(text, _FASTEST) if isinstance(event, yaml.NodeEvent)]
    except yaml.YAMLError:
        return False
    return not nodes or isinstance(nodes[0], yaml.SequenceStartEvent)


def _compose(text: str) -> yaml.Node | None:
    """The nodes of a session, bounded before anything recurses; raises `SessionError`."""
    try:
        depth = 0
        for event in yaml.parse(text, _FASTEST):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent):
                raise SessionError("a session holds no aliases")
            if depth > MAX_DEPTH:
                raise SessionError(f"is nested more than {MAX_DEPTH} levels deep")
        return yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise SessionError(f"is no YAML: {error}") from error


def read(text: str) -> list[Exchange]:
    """The exchanges of a session; raises `SessionError`."""
    tree = _tree(_compose(text))
    if tree is None:
        return []
    if not isinstance(tree, list):
        raise SessionError("must be a list of exchanges")
    return [_exchange(item, f"exchange {number}") for number, item in enumerate(tree, 1)]


def write(exchanges: Sequence[Exchange]) -> str:
    """The text of a session."""
    return _dumped([_entry(exchange) for exchange in exchanges])


def _exchange(tree: Tree, place: str) -> Exchange:
    match tree:
        case {
            "type": "Exchange",
            "request": str(request),
            "response": {"type": "Success", "payload": str(payload)},
        }:
            return Exchange(_question(request, place), answer=payload)
        case {
            "type": "Exchange",
            "request": str(request),
            "response": {"type": "Error", "message": str(message)},
        }:
            return Exchange(_question(request, place), failure=message)
    raise SessionError(f"{place}: needs type Exchange, a request, and a response of type Success or Error")


def _question(request: str, place: str) -> Question:
    try:
        node = yaml.compose(request, yaml.SafeLoader)
        variant = node.tag.removeprefix("!") if node is not None else ""
        return completed(variant, _tree(node))
    except yaml.YAMLError as error:
        raise SessionError(f"{place}: the request is no YAML: {error}") from error
    except PayloadError as error:
        raise SessionError(f"{place}: {error.text}") from error


def _entry(exchange: Exchange) -> Map:
    response: Map = (
        {"type": "Success", "payload": exchange.answer}
        if exchange.failure is None
        else {"type": "Error", "message": exchange.failure}
    )
    request = _Block(f"!{exchange.question.variant}\n{_dumped(exchange.question.fields)}")
    return {"type": "Exchange", "request": request, "response": response}


def _tree(node: yaml.Node | None) -> Tree:
    match node:
        case None:
            return None
        case yaml.MappingNode():
            return {str(key.value): _tree(value) for key, value in node.value}
        case yaml.SequenceNode():
            return [_tree(item) for item in node.value]
        case yaml.ScalarNode() if not node.style:
            return _scalar(node.value)
    return str(node.value)


def _scalar(text: str) -> Tree:
    """What a plain scalar means in YAML 1.2, which the hosts read."""
    if text in _NULL:
        return None
    if text in _FLAGS:
        return _FLAGS[text]
    if _INTEGER.fullmatch(text):
        return int(text, 0) if text.startswith("0") and len(text) > 1 and not text.isdigit() else int(text)
    if _FLOAT.fullmatch(text):
        return float(re.sub("[.](?=[a-zA-Z])", "", text))
    return text


class _Block(str):
    """A text that is written as a literal block."""


class _Dumper(yaml.SafeDumper):
    """Writes what YAML 1.1 and 1.2 read alike."""


def _represent(dumper: yaml.SafeDumper, text: str) -> Any:
    style = "|" if isinstance(text, _Block) else None if _scalar(text) == text else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _represent)
_Dumper.add_representer(_Block, _represent)


def _dumped(tree: Any) -> str:
    return yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=float("inf"))
