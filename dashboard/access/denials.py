"""Where a denied attempt is recorded: the register's own table."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from register.faults import RegisterFault
from register.roles import Author
from register.store import open_register

Deny = Callable[[Author, str], None]
_LOG = logging.getLogger(__name__)


def record(author: Author, what: str) -> None:
    """Record an attempt. That it could not be recorded is logged, and makes nothing allowed."""
    try:
        register = open_register()
        try:
            register.deny(author, what)
        finally:
            register.close()
    except (RegisterFault, SQLAlchemyError, OSError) as error:
        _LOG.error("A denied attempt (%s) could not be recorded: %s", what, error)
