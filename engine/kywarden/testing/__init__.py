"""Policies tried out as Kyverno's command line tries them: tests (`kyverno-test.yaml`) read, run and compared."""
