"""Kyverno policies, evaluated anywhere a WASI module runs."""
