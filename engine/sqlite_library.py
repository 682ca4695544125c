"""The SQLite library of the process: swapped once, before anything opens a database."""

from __future__ import annotations

import sys


def use_current_sqlite() -> None:
    """Put the wheel's SQLite in place of Python's own, for the whole process.

    SQLite before 3.51.3 can corrupt a WAL database with two writers, and two libraries in one
    process lose committed rows without an error. Where no wheel exists Python's own stays.
    """
    try:
        import pysqlite3
        from pysqlite3 import dbapi2
    except ImportError:
        return
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = dbapi2
