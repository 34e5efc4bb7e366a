"""Less garbage collection in processes that live long."""

import functools
import gc

NEW_OBJECTS = 10_000  # After so many Python looks for garbage among them.


@functools.cache
def settle_down() -> None:
    """Once in a process, when it is ready to work: what is there now stays, and is not looked through again.

    That took web workers 70 ms now and then, and those that send digests a tenth of their time: a page or a mail makes
    thousands of objects and no garbage that needs looking for.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
