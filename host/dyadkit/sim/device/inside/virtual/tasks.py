"""asyncio's task queue and tasks in virtual time, in place of the C module `_asyncio`.

The C queue stamps real time in `push` and `cancel`; this one asks the clock it is given.
"""

from heapq import heapify, heappop, heappush

from virtual.world import clock

_HALF = 1 << 29
_MASK = (1 << 30) - 1

core = None  # asyncio.core, once it is imported


class TaskQueue:
    """Tasks by due time, first come first served within a millisecond."""

    def __init__(self):
        self._heap = []
        self._pushed = 0

    def peek(self):
        return self._heap[0][2] if self._heap else None

    def push(self, task, key=None):
        now_ms = clock.now // 1000
        due_ms = now_ms
        if key is not None:
            due_ms += ((key - now_ms + _HALF) & _MASK) - _HALF
        task.data = None
        task.due_ms = due_ms
        task.ph_key = due_ms & _MASK
        self._pushed += 1
        heappush(self._heap, (due_ms, self._pushed, task))

    def pop(self):
        return heappop(self._heap)[2]

    def remove(self, task):
        for index, entry in enumerate(self._heap):
            if entry[2] is task:
                self._heap.pop(index)
                heapify(self._heap)
                return


class Task:
    """A coroutine with its state, as asyncio expects it."""

    def __init__(self, coro, globals=None):
        self.coro = coro
        self.data = None
        self.state = True  # True: running; a TaskQueue: awaited; None or False: finished
        self.ph_key = 0
        self.due_ms = 0

    def __iter__(self):
        if not self.state:
            self.state = False
        elif self.state is True:
            self.state = TaskQueue()
        elif not isinstance(self.state, TaskQueue):
            raise RuntimeError("can't wait")
        return self

    def __next__(self):
        if not self.state:
            if self.data is None:
                raise StopIteration
            raise self.data
        self.state.push(core.cur_task)
        core.cur_task.data = self

    def done(self):
        return not self.state

    def cancel(self):
        if not self.state:
            return False
        if self is core.cur_task:
            raise RuntimeError("can't cancel self")
        task = self
        while isinstance(task.data, Task):
            task = task.data
        if hasattr(task.data, "remove"):
            task.data.remove(task)
            core._task_queue.push(task)
        elif task.due_ms > clock.now // 1000:
            core._task_queue.remove(task)
            core._task_queue.push(task)
        task.data = core.CancelledError
        return True
