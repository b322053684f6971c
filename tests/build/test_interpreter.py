"""The interpreter in the module: started, snapshotted, and called as a host calls it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kywarden.values.trees import MAX_DEPTH
from kywarden.wasm import snapshot
from kywarden.wasm.files import Files
from kywarden.wasm.instance import CallFailed
from kywarden.wasm.runner import Module
from tests.build.conftest import run


def ask(module: Module, **wanted: Any) -> Any:
    outcome = module.run("validate", json.dumps(wanted).encode(), deadline=20, host_call=lookup)
    assert outcome.end == "exit", outcome
    assert outcome.stderr == b""
    return json.loads(outcome.stdout)


def lookup(binding: str, namespace: str, operation: str, payload: bytes) -> bytes:
    if payload == b'"bad"':
        raise CallFailed("no such host")
    return b"" if payload == b'""' else b"x" * 200_000 if payload == b'"long"' else b"answer to " + payload


def test_a_request_sees_its_own_argv_and_time(stand_in: Module) -> None:
    told = ask(stand_in)
    assert told["argv"] == ["policy.wasm", "validate"]
    assert told["clock"] > told["started clock"] == 1e9
    assert told["version"] == [3, 11]


def test_bytecode_is_optimised_and_names_no_folder_of_the_builder(stand_in: Module) -> None:
    told = ask(stand_in)
    assert told["optimize"] == 2
    assert told["code"] == "/app/stand_in.py"


def test_unused_c_modules_are_left_out(stand_in: Module) -> None:
    assert not {"_codecs_jp", "unicodedata", "_socket", "pyexpat"} & set(ask(stand_in)["modules"])


def test_host_call_takes_bytes_and_its_answers_are_read_one_by_one(stand_in: Module) -> None:
    answers = ask(stand_in, do="ask", payloads=['"a"', '""', '"bad"', '"long"'])
    assert answers == [[0, 'answer to "a"'], [0, ""], [1, "no such host"], [0, "x" * 200_000]]


def test_nothing_is_printed_beside_the_answer(stand_in: Module) -> None:
    assert ask(stand_in, do="chatter") == "done"


def test_the_exit_status_is_what_main_returns(stand_in: Module) -> None:
    assert stand_in.run("validate", b'{"code":3}').code == 3


def test_too_large_an_allocation_is_a_memory_error(stand_in: Module) -> None:
    assert ask(stand_in, do="fill", bytes=100_000_000) == 100_000_000
    assert ask(stand_in, do="fill", bytes=300_000_000) == "MemoryError"


def test_two_calls_through_c_per_level_of_the_deepest_document_fit_into_the_stack(stand_in: Module) -> None:
    """A call from Python to Python takes none of a host's 512 KiB of stack, one through C up to 2 KiB."""
    ends = ask(stand_in, do="nest", limit=2 * MAX_DEPTH + 10)
    assert set(ends.values()) == {"RecursionError"}, ends


@pytest.mark.parametrize("texts", [["one"], ["one", "two"]])
def test_a_module_can_be_started_further_and_kept_again(stand_in_bytes: bytes, texts: list[str]) -> None:
    module = stand_in_bytes
    for text in texts:
        module = snapshot.take(
            module, argv=["policy.wasm"], files=Files({}), init="prepare", start="_start", stdin=text.encode()
        )
    told = ask(Module(module, cache=False))
    assert told["loaded"] == texts[-1]
    assert told["argv"] == ["policy.wasm", "validate"]


def test_an_application_that_does_not_start_ends_the_build_with_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("import nowhere", encoding="utf-8")
    finished = run(tmp_path / "x.wasm", "--app", "broken", "--folder", tmp_path)
    assert finished.returncode == 1
    assert "No module named 'nowhere'" in finished.stderr
    assert finished.stderr.endswith("the application cannot be imported\n")
    assert "build.py" not in finished.stderr
    assert not (tmp_path / "x.wasm").exists()
