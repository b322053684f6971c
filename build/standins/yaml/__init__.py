"""Stands in for the package's own start, which imports all of it; its modules are still those of the package.

Only the scanner and the parser are wanted; loaders, dumpers and constructors would be in the memory of every request.
"""

__path__ = ["/packages/yaml"]
__with_libyaml__ = False
