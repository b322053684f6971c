"""The notices in a module: of everything that is linked or imported, with the texts."""

from __future__ import annotations

import json

import pytest
import wasmtime

from kywarden.wasm import notices
from kywarden.wasm.notices import Notices
from tests.conftest import MODULE, NO_MODULE
from tests.wasm.spdx import faults

EMPTY = bytes(wasmtime.wat2wasm('(module (func (export "_start")))'))


def test_notices_are_found_again_and_replaced() -> None:
    first = notices.put(EMPTY, Notices({"a": 1}, "text"))
    assert notices.find(first) == Notices({"a": 1}, "text")
    assert notices.put(first, Notices({}, "other")) == notices.put(EMPTY, Notices({}, "other"))


def test_a_module_may_have_none() -> None:
    assert notices.find(EMPTY) is None


@pytest.fixture(scope="module")
def built() -> Notices:
    if not MODULE.exists():
        pytest.skip(NO_MODULE)
    found = notices.find(MODULE.read_bytes())
    assert found
    return found


def test_the_bill_of_the_module_is_valid_and_names_what_is_inside(built: Notices) -> None:
    assert list(faults(built.bill)) == []
    names = {str(package["name"]) for package in json.loads(json.dumps(built.bill))["packages"]}
    assert names >= {"kywarden", "CPython", "PyYAML", "jmespath", "wasi-libc", "musl", "Unicode Character Database"}


def test_every_part_has_its_licence_text(built: Notices) -> None:
    for package in json.loads(json.dumps(built.bill))["packages"]:
        assert f"\n{package['name']}" in built.licenses


def test_the_bill_lies_beside_the_module(built: Notices) -> None:
    assert json.loads(MODULE.with_name("policy.spdx.json").read_bytes()) == built.bill
