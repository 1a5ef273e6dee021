"""When a deal may move on: the rules of the playbook, without the ORM."""

MODES = [('off', "Off"), ('warn', "Warn"), ('block', "Block")]


def mode(stage, team, company):
    """Return the mode in force for a stage: its own, else the team's, else the company's.

    >>> mode(False, 'warn', 'block'), mode('off', 'warn', 'block'), mode(False, False, False)
    ('warn', 'off', 'off')
    """
    return stage or team or company or 'off'


def left_behind(path, source, target):
    """Return the stages whose actions are due before a deal moves on: the one it leaves and those it jumps over.

    Nothing is due where it moves back or stays.

    :param path: ids of the stages that are open to the deal, in order
    :param source: id of the stage it is in
    :param target: id of the stage it is to get into

    >>> left_behind([1, 2, 3, 4], 1, 3)
    [1, 2]
    >>> left_behind([1, 2, 3, 4], 3, 1), left_behind([1, 2], 2, 2), left_behind([1, 2], False, 2)
    ([], [], [])
    """
    if source not in path or target not in path:
        return []
    return path[path.index(source):path.index(target)]


def strictest(modes):
    """Return what happens on a move: the strictest of the modes of the stages that have something open.

    >>> strictest(['warn', 'block']), strictest(['off']), strictest([])
    ('block', 'off', 'off')
    """
    order = [key for key, _label in MODES]
    return max(modes, key=order.index, default='off')
