"""Knobwise measured: against exact answers, and beside its peers in the same run.

`benchmarks.truths` knows the answers, `benchmarks.peers` runs other tools in an environment of
their own, and each script prints a table and appends what it found to `benchmarks/results/`.
"""
