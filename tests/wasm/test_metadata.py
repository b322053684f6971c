"""The custom section that makes a module a Kubewarden policy."""

from __future__ import annotations

import wasmtime

from kywarden.wasm import metadata
from kywarden.wasm.sections import Id, read
from tests.wasm import kubewarden

MODULE = bytes(wasmtime.wat2wasm('(module (func (export "_start")))'))


def test_metadata_is_found_again() -> None:
    wanted = metadata.of_policy(version="1.2.3")
    assert metadata.find(metadata.append(MODULE, wanted)) == wanted


def test_a_module_has_one_metadata_section() -> None:
    twice = metadata.append(metadata.append(MODULE, {"a": 1}), {"b": 2})
    assert metadata.find(twice) == {"b": 2}
    assert [section.id for section in read(twice)].count(Id.CUSTOM) == 1


def test_the_rest_of_the_module_stays() -> None:
    assert metadata.append(MODULE, {"a": 1}).startswith(MODULE)
    assert metadata.find(MODULE) is None


def test_the_policy_says_what_hosts_need() -> None:
    found = metadata.of_policy(version="1.2.3")
    assert kubewarden.metadata_faults(found) == []
    assert found["mutating"] is False
    assert found["rules"]
    assert isinstance(found["annotations"], dict)
    assert found["annotations"]["io.kubewarden.policy.version"] == "1.2.3"
