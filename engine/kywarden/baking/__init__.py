"""Modules with policies in them: made from kywarden's own module, described for hosts, and read again."""
