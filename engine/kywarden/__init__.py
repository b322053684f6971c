"""Kyverno policies, evaluated anywhere a WASI module runs.

The library's names live in `kywarden.api`.
"""
