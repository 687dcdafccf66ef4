"""Tasks beside each other: all end together, and the first failure is the one that is raised."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from typing import Any


@contextlib.asynccontextmanager
async def together(*coroutines: Coroutine[Any, Any, None]) -> AsyncIterator[list[Any]]:
    """Run coroutines beside the body; gives their tasks.

    The first to fail cancels the others and the body; leaving the body cancels them.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(coroutine) for coroutine in coroutines]
            yield tasks
            for task in tasks:
                task.cancel()
    except BaseExceptionGroup as errors:
        raise _first(errors) from None


def _first(errors: BaseExceptionGroup[Any]) -> BaseException:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
