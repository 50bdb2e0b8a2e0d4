"""The flag of `ptmreuse run` for a cluster."""

import argparse

from ptmreuse.errors import UsageError
from ptmreuse.run import RAY


def add(parser: argparse.ArgumentParser) -> None:
    """Add the flag."""
    where = "with --engine ray: its cluster, as auto or HOST:6379 (default: one on this machine for the run)"
    parser.add_argument("--address", default="", help=where)


def address(given: argparse.Namespace) -> str:
    """The address of a cluster, "" for none. Raises UsageError where it is for another engine."""
    found: str = given.address
    if found and given.engine != RAY:
        raise UsageError(f"--address {found}: is that of a Ray cluster; give --engine ray with it")
    return found
