"""Who is served first: what has come in is set against what is planned, in the order of the plan."""
from odoo.tools import SQL


def waterfall(needs, facts):
    """Return the relation ``(key, step_id, need, done, date)``: how much of each need the facts cover.

    What was made for a step goes to that step, up to its need. All else, what is too much there included, fills what is still
    needed from the first step on; what is given back and belongs to no step is taken from the last one first.

    :param needs: relation ``(key, step_id, position, need, slack)``; ``key`` is what is shared out (a contract, an order line), up to
        ``slack`` missing is as good as nothing
    :param facts: relation ``(key, step_id, date, amount)``; ``step_id`` is the step that it was made for, NULL or any other: none
    :return: ``date`` is the day since when the need is covered for good, NULL while it is not
    """
    return SQL(
        """WITH need AS (%(needs)s),
                fact AS (SELECT fact.key, need.step_id, fact.date, fact.amount
                           FROM (%(facts)s) AS fact LEFT JOIN need ON need.key = fact.key AND need.step_id = fact.step_id),
                tied AS (SELECT need.*, LEAST(need.need, GREATEST(COALESCE(own.amount, 0), 0)) AS own,
                                COALESCE(own.amount, 0) AS got, own.date
                           FROM need
                           LEFT JOIN (SELECT key, step_id, SUM(amount) AS amount, MAX(date) AS date FROM fact
                                       WHERE step_id IS NOT NULL GROUP BY key, step_id) AS own USING (key, step_id)),
                free AS (SELECT key, date, amount FROM fact WHERE step_id IS NULL
                          UNION ALL SELECT key, date, got - own FROM tied WHERE got <> own),
                pool AS (SELECT key, SUM(amount) AS amount FROM free GROUP BY key),
                shared AS (SELECT tied.key, tied.step_id, tied.need, tied.slack, tied.own, COALESCE(pool.amount, 0) AS pool,
                                  SUM(need - own) OVER (PARTITION BY key ORDER BY position) AS upto,
                                  SUM(own) OVER (PARTITION BY key ORDER BY position DESC) AS behind
                             FROM tied LEFT JOIN pool USING (key)),
                served AS (SELECT key, step_id, need, slack, own, upto,
                                  CASE WHEN pool >= 0 THEN LEAST(need - own, GREATEST(0, pool - (upto - (need - own))))
                                       ELSE -LEAST(own, GREATEST(0, -pool - (behind - own))) END AS extra
                             FROM shared)
           SELECT served.key, served.step_id, served.need, served.own + served.extra AS done,
                  CASE WHEN served.own + served.extra >= served.need - served.slack
                       THEN GREATEST(own_day.date, CASE WHEN served.extra > 0 THEN free_day.date END) END AS date
             FROM served
             LEFT JOIN (%(own_day)s) AS own_day USING (key, step_id)
             LEFT JOIN (%(free_day)s) AS free_day USING (key, step_id)""",
        needs=needs, facts=facts,
        own_day=_since(SQL("SELECT key, step_id, date, amount FROM fact WHERE step_id IS NOT NULL"), SQL("key, step_id"), SQL("own")),
        free_day=_since(SQL("SELECT key, date, amount FROM free"), SQL("key"), SQL("upto")))


def _since(facts, group, bound):
    """Return the relation ``(key, step_id, date)`` of the days on which the running total of facts rose to a bound for the last time."""
    return SQL(
        """SELECT served.key, served.step_id, MAX(running.date) AS date
             FROM served
             JOIN (SELECT *, total - SUM(amount) OVER (PARTITION BY %(group)s, date) AS before
                     FROM (SELECT *, SUM(amount) OVER (PARTITION BY %(group)s ORDER BY date) AS total
                             FROM (%(facts)s) AS fact) AS fact) AS running USING (%(group)s)
            WHERE running.total >= served.%(bound)s - served.slack AND running.before < served.%(bound)s - served.slack
            GROUP BY served.key, served.step_id""", group=group, facts=facts, bound=bound)
