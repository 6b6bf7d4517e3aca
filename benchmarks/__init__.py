"""Benchmarks: ratios within one run, each against the best that can be written by hand on the same data.

`python -m benchmarks.NAME --help` tells what each measures. Every one works in a scratch database of its own, made and
dropped on the server of DATABASE_URL (or in a temporary folder for SQLite); no other data is touched.
"""
