"""Why a request was judged as it was, rule by rule, with the lines of the policy and of the object that decided.

Nothing is judged a second time: `record` watches the evaluator's own walk, `narration` and its like tell what it saw,
`origins` knows where everything stands.
"""
