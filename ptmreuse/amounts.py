"""Numbers on a command line, for argparse: each refuses what it is not in a few words."""

import argparse


def count(text: str) -> int:
    """A positive whole number."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return int(text)


def amount(text: str) -> float:
    """A number from 0 on."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not an amount")
    return value


def seconds(text: str) -> float:
    """A number of seconds above 0."""
    value = amount(text)
    if not value:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds")
    return value
