"""What is wrong with a policy, told before it judges anything: each finding with its place in the file.

`checks` is the table of all checks; `linter` reads files, asks the loader what it refuses and the checks of the
policy's kind what else they see, and leaves out what a comment in the file waives.
"""
