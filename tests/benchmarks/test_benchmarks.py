"""The benchmark runs; its figures are for people to read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kywarden import api
from kywarden.wasm.runner import Module
from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks import watching
from tests.benchmarks.workloads import Workload, all_workloads


def rows(workload: Workload) -> int:
    """The rows of a workload's name, one for each form of its settings."""
    return sum(each.name == workload.name for each in all_workloads())


def test_one_round_prints_every_row_natively(capsys: pytest.CaptureFixture[str]) -> None:
    assert benchmarks.main(["--rounds", "1", "--width", "200", "--module", "/no/such/module"]) == 0
    printed = capsys.readouterr().out
    assert all(printed.count(workload.name) == rows(workload) for workload in all_workloads())
    assert f"no module at {Path('/no/such/module')}" in printed


def test_that_an_evaluation_can_be_watched_costs_some_questions() -> None:
    workload = all_workloads()[0]
    policies, data = api.load_policies(*workload.policies), json.dumps(workload.request).encode()
    assert 0 < watching.questions(benchmarks._evaluating(policies, data, benchmarks.host_of(workload))) < 1000
    assert watching.cost() > 0


def test_one_round_prints_every_row_of_the_module(module: Module, capsys: pytest.CaptureFixture[str]) -> None:
    assert benchmarks.main(["--rounds", "1", "--width", "200", "--cached", "--no-baked"]) == 0
    printed = capsys.readouterr().out
    assert all(printed.count(workload.name) == 2 * rows(workload) for workload in all_workloads())
