"""Kyverno policies into Kubewarden's custom resources, with a report of what maps, what does not, and why."""

from __future__ import annotations

from kywarden.migrate.configuration import Configuration
from kywarden.migrate.migration import Migration, migrate
from kywarden.migrate.module import Module
from kywarden.migrate.options import Options

__all__ = ["Configuration", "Migration", "Module", "Options", "migrate"]
