"""The checks of ClusterPolicy and Policy of kyverno.io: one module per part of a rule."""
