"""Whose poll is called deep below."""

from __future__ import annotations

from threading import Thread

import pytest

from kywarden.errors import Timeout
from kywarden.values import watch, wildcard, yaml_text
from kywarden.values.trees import Poll, never


def late() -> None:
    raise Timeout(1)


def test_the_innermost_poll_is_called_and_the_outer_one_comes_back() -> None:
    assert watch.current() is never
    with watch.by(late):
        with watch.by(never):
            assert watch.current() is never
        assert watch.current() is late
    assert watch.current() is never


def test_an_error_ends_the_watch() -> None:
    with pytest.raises(Timeout), watch.by(late):
        watch.current()()
    assert watch.current() is never


def test_each_thread_has_its_own() -> None:
    seen: list[Poll] = []
    with watch.by(late):
        other = Thread(target=lambda: seen.append(watch.current()))
        other.start()
        other.join()
    assert seen == [never]


def test_long_searches_and_texts_poll() -> None:
    with watch.by(late):
        with pytest.raises(Timeout):
            wildcard.matches(f"*{'a?' * 1000}b*", "a" * 1000)
        with pytest.raises(Timeout):
            yaml_text.load(f"a: [{'x, ' * 100_000}]", portable=True)
