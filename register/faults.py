"""What can go wrong with the register, in words that can be shown."""

from __future__ import annotations


class RegisterFault(Exception):
    """Something is wrong with the register, its file or what it was given; the message says what and what to do."""
