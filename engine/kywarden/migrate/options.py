"""What the caller of a migration decides."""

from __future__ import annotations

from dataclasses import dataclass

from kywarden.migrate.access import Account
from kywarden.migrate.catalog import Catalog
from kywarden.migrate.configuration import Configuration
from kywarden.migrate.module import Module

NO_CATALOG = Catalog()
ACCOUNT = Account("kubewarden", "policy-server")
"""That of the policy server which Kubewarden installs."""
SERVER = "default"
"""The policy server of policies that name none."""


@dataclass(frozen=True, slots=True)
class Options:
    """module: what the policies name; catalog: custom resources; configuration: Kyverno's, None when it is not given;
    server: the PolicyServer; account: its service account."""

    module: Module
    catalog: Catalog = NO_CATALOG
    configuration: Configuration | None = None
    server: str = SERVER
    account: Account = ACCOUNT
