"""Flags as Kyverno's command line takes them; error texts are those of pflag."""

from __future__ import annotations

from contextlib import suppress

import pytest

from kywarden import cli
from kywarden.cli import flags
from kywarden.cli.flags import Flag, FlagError, Parsed, Value

FLAGS = (
    Flag("resource", "strings", "resources", short="r"),
    Flag("resources", "strings", "resources", target="resource"),
    Flag("table", "bool", "a table", short="t"),
    Flag("stdin", "bool", "a pipe", short="i"),
    Flag("code", "int", "a code", default=0),
    Flag("ttl", "duration", "a time", default=3600 * flags.SECOND),
    Flag("format", "string", "a format", short="o", default="yaml"),
    Flag("cluster", "bool", "a cluster", inert="there is none"),
    Flag("crd-path", "strings", "old", target="resource", deprecated="use --resource instead"),
)


def parse(*arguments: str) -> Parsed:
    return flags.parse(FLAGS, arguments)


@pytest.mark.parametrize(
    ("arguments", "name", "value"),
    [
        ([], "format", "yaml"),
        (["--format", "json"], "format", "json"),
        (["--format=json"], "format", "json"),
        (["-ojson"], "format", "json"),
        (["-o=json"], "format", "json"),
        (["-o", "json"], "format", "json"),
        (["-tio", "json"], "format", "json"),
        (["-ti"], "stdin", True),
        (["--table=false"], "table", False),
        (["-t=T"], "table", True),
        (["-r", "a,b", "-r", "c"], "resource", ["a", "b", "c"]),
        (["-r", '"a,b",c'], "resource", ["a,b", "c"]),
        (["-r", '"a""b\nc",'], "resource", ['a"b\nc', ""]),
        (["-r", "\n\na,b\nc"], "resource", ["a", "b"]),
        (["-r", "x" * 200_000], "resource", ["x" * 200_000]),
        (["--resources", "a", "-r", "b", "-r", "c"], "resource", ["b", "c"]),
        (["-r", ""], "resource", []),
        (["--code", "-3"], "code", -3),
        (["--code", "0x1F"], "code", 31),
        (["--code", "-0_17"], "code", -15),
        (["--code", "1_000"], "code", 1000),
        (["--ttl", "2h30m"], "ttl", 9000 * flags.SECOND),
    ],
)
def test_values_are_read(arguments: list[str], name: str, value: Value) -> None:
    assert parse(*arguments).values[name] == value


def test_arguments_stand_anywhere() -> None:
    assert parse("a", "-t", "b", "-", "--", "-c").arguments == ["a", "b", "-", "-c"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--verbose"], "unknown flag: --verbose"),
        (["---verbose"], "bad flag syntax: ---verbose"),
        (["--=x"], "bad flag syntax: --=x"),
        (
            ["-r", 'a="b"'],
            'invalid argument "a=\\"b\\"" for "-r, --resource" flag: parse error on line 1, column 3:'
            ' bare " in non-quoted field',
        ),
        (
            ["-r", '"é"x'],
            'invalid argument "\\"é\\"x" for "-r, --resource" flag: parse error on line 1, column 4:'
            ' extraneous or missing " in quoted-field',
        ),
        (
            ["-r", '"a\nb'],
            'invalid argument "\\"a\\nb" for "-r, --resource" flag: record on line 1; parse error on line 2, column 2:'
            ' extraneous or missing " in quoted-field',
        ),
        (["-r", "\n"], 'invalid argument "\\n" for "-r, --resource" flag: EOF'),
        (
            ["--code", "9223372036854775808"],
            'invalid argument "9223372036854775808" for "--code" flag:'
            ' strconv.ParseInt: parsing "9223372036854775808": value out of range',
        ),
        (["--code", "08"], 'invalid argument "08" for "--code" flag: strconv.ParseInt: parsing "08": invalid syntax'),
        (["-tx"], "unknown shorthand flag: 'x' in -x"),
        (["-r"], "flag needs an argument: 'r' in -r"),
        (["-tr"], "flag needs an argument: 'r' in -r"),
        (["--resource"], "flag needs an argument: --resource"),
        (
            ["--code", "many"],
            'invalid argument "many" for "--code" flag: strconv.ParseInt: parsing "many": invalid syntax',
        ),
        (
            ["--table=perhaps"],
            'invalid argument "perhaps" for "-t, --table" flag: strconv.ParseBool: parsing "perhaps": invalid syntax',
        ),
        (["--ttl", "soon"], 'invalid argument "soon" for "--ttl" flag: time: invalid duration "soon"'),
    ],
)
def test_what_is_wrong_is_told_as_pflag_tells_it(arguments: list[str], error: str) -> None:
    with pytest.raises(FlagError) as caught:
        parse(*arguments)
    assert str(caught.value) == error


def test_flags_without_effect_and_old_ones_are_told_once() -> None:
    assert parse("--cluster", "--cluster", "--crd-path", "x").warnings == [
        "kywarden: --cluster has no effect: there is none",
        "Flag --crd-path has been deprecated, use --resource instead",
    ]


def test_help_lists_flags_by_name() -> None:
    assert parse("a", "--help", "--nonsense").wants_help
    assert list(flags.help_lines(FLAGS)) == [
        "      --cluster             a cluster",
        "      --code int            a code",
        '  -o, --format string       a format (default "yaml")',
        "  -r, --resource strings    resources",
        "      --resources strings   resources",
        "  -i, --stdin               a pipe",
        "  -t, --table               a table",
        "      --ttl duration        a time (default 1h0m0s)",
    ]


@pytest.mark.parametrize("command", ["test", "apply", "jp query", "jp function", "jp parse", "jp", "evaluate", "lint"])
def test_every_help_page_says_what_exit_codes_mean(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with suppress(SystemExit):
        cli.main([*command.split(), "--help"])
    assert "\n\nexit codes:\n  0 " in capsys.readouterr().out
