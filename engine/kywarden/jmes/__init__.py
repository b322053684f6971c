"""Kyverno's JMESPath: the grammar of package `jmespath`, the meaning of Kyverno's fork of go-jmespath."""

from kywarden.jmes.expression import Expression, compile
from kywarden.jmes.functions import FUNCTIONS
from kywarden.jmes.parser import Syntax, nodes

__all__ = ["FUNCTIONS", "Expression", "Syntax", "compile", "nodes"]
