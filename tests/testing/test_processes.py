"""Work that several processes share."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from kywarden.testing import processes
from kywarden.testing.files import LoadError


@pytest.mark.parametrize(("jobs", "is_much"), [(1, True), (2, False), (3, True), (0, True), (0, False), (99, False)])
def test_answers_come_in_the_order_of_the_work(jobs: int, is_much: bool) -> None:
    known = {number: number * number for number in range(50)}
    assert list(processes.each(lambda index: known[index], 50, jobs, is_much)) == list(known.values())


def test_nothing_to_do_is_done() -> None:
    assert list(processes.each(lambda index: index, 0, 2, True)) == []


def test_processes_are_started_when_it_is_asked_for_or_worth_it() -> None:
    def where(jobs: int, is_much: bool) -> set[int]:
        return set(processes.each(lambda _: os.getpid(), 64, jobs, is_much))

    assert where(1, True) == where(0, False) == {os.getpid()}
    assert os.getpid() not in where(2, False)


def test_a_process_that_is_killed_is_told() -> None:
    with pytest.raises(LoadError, match="a process that shared the work was killed"):
        list(processes.each(lambda _: os._exit(9), 8, 2, True))


SHARED = """
import os, sys, time
from kywarden.testing import processes
def work(index):
    print(os.getpid(), flush=True)
    time.sleep(60)
list(processes.each(work, 2, 2, True))
"""


def test_no_process_outlives_the_one_that_started_it() -> None:
    parent = subprocess.Popen([sys.executable, "-c", SHARED], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    workers = {parent.stdout.readline() for _ in range(2)}
    parent.kill()
    # the pipe ends when nobody holds it any more
    assert parent.stdout.read() == ""
    parent.wait()
    assert len(workers) == 2


def test_an_error_of_the_work_is_an_error_of_the_answers() -> None:
    with pytest.raises(ZeroDivisionError):
        list(processes.each(lambda index: 1 // (3 - index), 8, 2, True))
