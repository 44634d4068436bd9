"""A worker process: ``python -m paintrend.scaleout.worker``, tasks on standard input.

It gets a run, then tasks, as pickles from the process that started it, and answers in the same way
on what was its standard output. It ends when its input does: also when the other process is killed,
and then in the middle of a task, so that nobody writes into a folder that a new run has taken over.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
import traceback
from queue import SimpleQueue
from threading import Thread
from typing import Any

from paintrend.scaleout.tasks import TASKS

__all__ = ["main"]


def main() -> None:
    """Work until the input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints does not get between the answers
    inbox: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_receive, args=(inbox,), daemon=True).start()

    def answer(kind: str, value: Any) -> None:
        pickle.dump((kind, value), answers)
        answers.flush()

    job = inbox.get()
    gc.freeze()  # modules stay: not to be looked through for what can go, again and again
    while True:
        name, arguments = inbox.get()
        try:
            value = TASKS[name](job, arguments, lambda n: answer("progress", n))
        except Exception as error:
            error.add_note(traceback.format_exc())
            answer("error", _sendable(error))
        else:
            answer("result", value)


def _receive(inbox: SimpleQueue[Any]) -> None:
    """Pass on what comes; leave at once when nobody is there any more."""
    while True:
        try:
            inbox.put(pickle.load(sys.stdin.buffer))
        except (EOFError, OSError):
            os._exit(0)


def _sendable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


if __name__ == "__main__":
    main()
