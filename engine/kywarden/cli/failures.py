"""How a command ends: its exit codes, and a failure with one line to say."""

from __future__ import annotations

from enum import IntEnum

from kywarden.errors import PolicyErrors


class Exit(IntEnum):
    """What an exit code means."""

    ACCEPTED = 0
    DENIED = 1
    BAD_INPUT = 2
    INTERNAL = 3


WRONG = "the input or a policy is wrong"


def exit_codes(*meanings: str) -> str:
    """The lines of a help page about exit codes: what each means, from 0 on; an empty one does not occur."""
    told = "   ".join(f"{code} {meaning}" for code, meaning in enumerate(meanings) if meaning)
    return f"exit codes:\n  {told}\n"


def reason(error: OSError) -> str:
    """Why a file cannot be read or written, in the words of the system."""
    return error.strerror or str(error)


class Failure(Exception):
    """Ends the command with lines on STDERR, one for each problem, and an exit code."""

    def __init__(self, *lines: str, code: Exit = Exit.BAD_INPUT) -> None:
        self.lines = lines
        self.code = code
        super().__init__(*lines)

    @staticmethod
    def of_file(name: object, error: OSError) -> Failure:
        """A file that cannot be read or written."""
        return Failure(f"{name}: {reason(error)}")

    @staticmethod
    def of_policies(errors: PolicyErrors) -> Failure:
        """A line for each problem."""
        return Failure(*map(str, errors.problems))
