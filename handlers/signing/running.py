"""Running pyHanko's coroutines to their end, from code that is not asynchronous."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_to_end(work: Coroutine[Any, Any, Result]) -> Result:
    """Run the work and return its result, also where an event loop is running already."""
    if not _loop_is_running():
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(contextvars.copy_context().run, asyncio.run, work).result()


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
