"""How a part of a bench is timed."""
import time


def timed(env, work, times=1, undo=False):
    """Return the best seconds of some tries of ``work``, each with empty caches of records.

    :param undo: leave nothing of a try behind
    """
    found = []
    for _try in range(times):
        env.flush_all()
        env.invalidate_all()
        start = time.perf_counter()
        work()
        env.flush_all()
        found.append(time.perf_counter() - start)
        if undo:
            env.cr.rollback()
    return min(found)


def queries(env, work):
    """Return how many statements ``work`` takes, from empty caches of records."""
    env.flush_all()
    env.invalidate_all()
    before = env.cr.sql_log_count
    work()
    env.flush_all()
    return env.cr.sql_log_count - before
