"""Benchmarks as ratios: ``python -m bench`` (``make bench``)."""
