"""Findings in the formats of other programs: CI servers, code scanners, report readers."""
