"""Every sample shows what it claims, natively and in the module."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from kywarden import api, protocol, wasm
from kywarden.host.given import GivenHost
from kywarden.wasm.runner import Module
from tests import data
from tests.conformance.samples import FILES, ROOT, Case, Row, Sample, samples

SAMPLES = samples()
MODULES = (Path(wasm.__file__).with_name("policy.wasm"), data.ROOT / "dist" / "policy.wasm")
DEADLINE = 60.0
HOST = GivenHost()

every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=[sample.name for sample in SAMPLES])


def native(envelope: bytes) -> bytes:
    return protocol.handle("validate", envelope, HOST)


def differences(cases: Iterable[Case]) -> list[str]:
    return [difference for case in cases if (difference := case.difference(native(case.data)))]


@pytest.fixture(scope="module")
def in_module() -> Callable[[bytes], bytes]:
    """Whoever answers an envelope through policy.wasm."""
    path = next((path for path in MODULES if path.exists()), None)
    if path is None:
        pytest.skip("no policy.wasm (build one: python build/build.py)")
    module = Module.load(path)

    def ask(envelope: bytes) -> bytes:
        outcome = module.run("validate", envelope, deadline=DEADLINE)
        assert outcome.succeeded, outcome
        return outcome.stdout

    return ask


@every_sample
def test_each_claim_holds_at_admission(sample: Sample) -> None:
    assert not differences(sample.cases())


@every_sample
def test_each_row_holds_as_kyvernos_command_line_tests_it(sample: Sample) -> None:
    assert not differences(case.under("test") for case in sample.cases() if isinstance(case.claim, Row))


def test_the_module_gives_the_native_bytes(in_module: Callable[[bytes], bytes]) -> None:
    different = []
    for sample in SAMPLES:
        for case in sample.cases():
            if (ours := in_module(case.data)) != (theirs := native(case.data)):
                different.append(f"{sample.name} {case.name}\n  module {ours!r}\n  native {theirs!r}")
    hint = "is policy.wasm older than the engine? build it again: python build/build.py"
    assert not different, f"{len(different)} differ ({hint}), first:\n" + "\n".join(different[:3])


def test_a_patched_object_that_is_another_is_told() -> None:
    rows = [case for sample in SAMPLES for case in sample.cases() if isinstance(case.claim, Row) and case.claim.patched]
    assert len(rows) >= 14
    for case in rows:
        other = replace(case, claim=replace(case.claim, patched={**case.claim.patched, "more": True}))
        assert "the object is" in other.difference(native(case.data))


@every_sample
def test_a_sample_has_its_files_and_says_what_it_teaches(sample: Sample) -> None:
    assert not [name for name in FILES if not (sample.folder / name).is_file()]
    text = (sample.folder / "policy.yaml").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert sample.test["metadata"]["name"] == sample.folder.name
    api.load_policies(text)


@every_sample
def test_a_sample_shows_more_than_one_status(sample: Sample) -> None:
    statuses = {status for case in sample.cases() for status in case.claim.statuses}
    assert "pass" in statuses
    assert statuses - {"pass"}


def test_the_table_of_contents_names_every_sample() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\|[^|]*\| \[[\w-]+\]\(([\w-]+/[\w-]+)\) \|", text, re.MULTILINE)
    assert sorted(listed) == [sample.name for sample in SAMPLES]
