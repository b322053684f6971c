"""Functions on points in time: texts in RFC 3339, durations in Go's form (pkg/engine/jmespath/time.go)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

from kywarden.errors import EvaluationError
from kywarden.jmes.signature import BOOL, STRING, Function
from kywarden.model.world import World
from kywarden.values import duration, strconv
from kywarden.values.timestamps import RFC3339, TimeError, Timestamp, days_until, parse


def _moment(text: str, layout: str = RFC3339) -> Timestamp:
    try:
        return parse(layout, text)
    except TimeError as error:
        raise EvaluationError(str(error)) from None


def _duration(text: str) -> int:
    try:
        return duration.read(text)
    except duration.DurationError as error:
        raise EvaluationError(str(error)) from None


def _now(world: World) -> Timestamp:
    moment = world.now()
    clock = moment.astimezone(UTC)
    days = days_until(clock.year, clock.month, clock.day)
    seconds = days * 86_400 + clock.hour * 3600 + clock.minute * 60 + clock.second
    offset = moment.utcoffset()
    return Timestamp(seconds, clock.microsecond * 1000, int(offset.total_seconds()) if offset else 0)


def _time_since(arguments: list[Any], world: World) -> str:
    layout, start, end = arguments
    first = _moment(start, layout or RFC3339)
    second = _moment(end, layout or RFC3339) if end else _now(world)
    return duration.text(second.since(first))


def _time_now(arguments: list[Any], world: World) -> str:
    return _now(world).rfc3339()


def _time_now_utc(arguments: list[Any], world: World) -> str:
    return _now(world).utc().rfc3339()


def _time_to_cron(arguments: list[Any], world: World) -> str:
    moment = _moment(arguments[0])
    _, month, day = moment.date()
    hour, minute, _ = moment.clock()
    return f"{minute} {hour} {day} {month} {moment.weekday()}"


def _time_add(arguments: list[Any], world: World) -> str:
    moment = _moment(arguments[0])
    return moment.plus(_duration(arguments[1])).rfc3339()


def _time_parse(arguments: list[Any], world: World) -> str:
    layout, text = arguments
    if strconv.parse_int(layout) is None:
        return _moment(text, layout).rfc3339()
    # kyverno: any number as layout means that the text is seconds since 1970
    try:
        return Timestamp(strconv.read_int(text)).rfc3339()
    except strconv.NumberError as error:
        raise EvaluationError(str(error)) from None


def _time_utc(arguments: list[Any], world: World) -> str:
    return _moment(arguments[0]).utc().rfc3339()


def _time_diff(arguments: list[Any], world: World) -> str:
    start, end = map(_moment, arguments)
    return duration.text(end.since(start))


def _ordered(holds: Callable[[Timestamp, Timestamp], bool]) -> Callable[[list[Any], World], bool]:
    def handle(arguments: list[Any], world: World) -> bool:
        first, second = map(_moment, arguments)
        return holds(first, second)

    return handle


def _time_between(arguments: list[Any], world: World) -> bool:
    moment, start, end = map(_moment, arguments)
    return moment.is_after(start) and moment.is_before(end)


def _time_truncate(arguments: list[Any], world: World) -> str:
    moment = _moment(arguments[0])
    return moment.truncate(_duration(arguments[1])).rfc3339()


TABLE: tuple[Function, ...] = (
    Function(
        "time_since",
        (STRING, STRING, STRING),
        STRING,
        _time_since,
        "How long after the second argument the third is, both in the layout given first (empty: RFC 3339). "
        "An empty third argument is now.",
        "time_since('', '2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z')",
    ),
    Function("time_now", (), STRING, _time_now, "The current time in RFC 3339.", "time_now()"),
    Function("time_now_utc", (), STRING, _time_now_utc, "The current time in RFC 3339, in UTC.", "time_now_utc()"),
    Function(
        "time_to_cron",
        (STRING,),
        STRING,
        _time_to_cron,
        "A time as a cron expression: minute, hour, day, month, day of the week.",
        "time_to_cron('2024-02-02T15:04:05Z')",
    ),
    Function(
        "time_add",
        (STRING, STRING),
        STRING,
        _time_add,
        "A time and a duration after it.",
        "time_add('2024-01-01T00:00:00Z', '36h')",
    ),
    Function(
        "time_parse",
        (STRING, STRING),
        STRING,
        _time_parse,
        "A time of any layout in RFC 3339; with a number as layout, the text is seconds since 1970.",
        "time_parse('2006-01-02', '2024-01-31')",
    ),
    Function(
        "time_utc",
        (STRING,),
        STRING,
        _time_utc,
        "The same point in time in UTC.",
        "time_utc('2024-01-01T00:00:00+02:00')",
    ),
    Function(
        "time_diff",
        (STRING, STRING),
        STRING,
        _time_diff,
        "How long after the first time the second is.",
        "time_diff('2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z')",
    ),
    Function(
        "time_before",
        (STRING, STRING),
        BOOL,
        _ordered(Timestamp.is_before),
        "Whether the first time comes before the second.",
        "time_before('2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z')",
    ),
    Function(
        "time_after",
        (STRING, STRING),
        BOOL,
        _ordered(Timestamp.is_after),
        "Whether the first time comes after the second.",
        "time_after('2024-01-02T00:00:00Z', '2024-01-01T00:00:00Z')",
    ),
    Function(
        "time_between",
        (STRING, STRING, STRING),
        BOOL,
        _time_between,
        "Whether the first time lies between the second and the third, not equal to either.",
        "time_between('2024-01-02T00:00:00Z', '2024-01-01T00:00:00Z', '2024-01-03T00:00:00Z')",
    ),
    Function(
        "time_truncate",
        (STRING, STRING),
        STRING,
        _time_truncate,
        "A time rounded down to a multiple of a duration.",
        "time_truncate('2024-01-01T15:34:12Z', '1h')",
    ),
)
