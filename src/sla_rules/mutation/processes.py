"""Tasks shared between processes, each of which works with what it made for itself."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from threading import Thread
from typing import Any

__all__ = ["shared"]

Work = Callable[[Any], Any]


def shared(make: Callable[[], Work], tasks: Sequence[Any], count: int) -> Iterator[Any]:
    """What comes of the tasks, in the order in which they are done, by *count* processes.

    Each process calls *make* once and does its tasks with what that gives.  Everything that goes
    from one process to another is pickled.  Raises what the work raises, and RuntimeError when a
    process ends early; then, and when nobody wants the rest, all processes are ended.
    """
    context = get_context("spawn")
    waiting = iter(tasks)
    busy: list[Connection] = []
    with ExitStack() as stack:
        for _, task in zip(range(count), waiting, strict=False):
            here, there = context.Pipe()
            process = context.Process(target=_serve, args=(make, there), daemon=True)
            process.start()
            stack.callback(process.join)
            stack.callback(process.terminate)
            there.close()  # so that the end of the process is heard
            here.send(task)
            busy.append(here)
        while busy:
            for pipe in wait(busy):
                assert isinstance(pipe, Connection)
                try:
                    done, outcome = pipe.recv()
                except EOFError:
                    raise RuntimeError("a process ended before its task was done") from None
                if not done:
                    raise outcome
                following = next(waiting, None)
                if following is None:
                    busy.remove(pipe)
                else:
                    pipe.send(following)
                yield outcome


def _end_with(parent: Any) -> None:  # pragma: no cover  # elsewhere
    """End at once when the process that wants the answers is gone, however it was ended."""
    parent.join()
    os._exit(1)


def _serve(make: Callable[[], Work], pipe: Connection) -> None:  # pragma: no cover  # elsewhere
    """What a process of its own does until it is ended, or the one that started it is gone."""
    Thread(target=_end_with, args=(parent_process(),), daemon=True).start()
    try:
        work = make()
        while True:
            pipe.send((True, work(pipe.recv())))
    except EOFError:
        return
    except Exception as error:  # noqa: BLE001  # it is raised where the tasks come from
        with suppress(OSError):  # nobody listens any more
            pipe.send((False, error))
