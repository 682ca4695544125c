"""What passes by itself: whoever holds the transaction should try it again."""

from __future__ import annotations

from sqlalchemy.exc import InterfaceError, OperationalError

from engine.errors import InstanceChanged

PASSING = (OperationalError, InterfaceError, InstanceChanged)
