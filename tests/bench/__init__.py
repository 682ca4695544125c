"""Benchmarks: medians and ratios of one run; nothing here is a test that may fail by the clock."""
