"""A plugin of pytest: processes share the tests, each with its own copy of the database, which ``testing.py`` made.

Left to itself pytest-odoo makes the copies, by a program that not every machine has, and all with one folder of
attachments.
"""
import os
import re

import pytest
from xdist.scheduler.loadfile import LoadFileScheduling

from odoo.tests.common import get_db_name
from odoo.tools import config as settings

# The longest file. What it sets up is set up for each addon anew, so that its addons need not stay together.
BY_ADDON = 'tests/test_install.py'


def portion(nodeid):
    """What goes to one process, because its tests share what they set up: a file."""
    path = nodeid.partition('::')[0]
    addon = re.search(r'\[(\w+)', nodeid) if path == BY_ADDON else None
    return f'{path}[{addon[1]}]' if addon else path


def rank(nodeid):
    """Minutes come before seconds, so that in the end no process waits long for the other."""
    return not nodeid.startswith(BY_ADDON), not nodeid.startswith('tests/')


class Sharing(LoadFileScheduling):

    def _split_scope(self, nodeid):
        return portion(nodeid)


def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False  # it would go by the number of tests
    return Sharing(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: rank(item.nodeid))


def pytest_configure(config):
    if worker := getattr(config, 'workerinput', None):
        settings['db_name'] = [f'{get_db_name()}_{worker["workerid"]}']
        del os.environ['PYTEST_XDIST_WORKER']  # what pytest-odoo goes by
