"""No test may be left out unnoticed: a skip for want of a browser or a module is a failure here."""
import re

import freezegun
import pytest

WANTING = re.compile(r'chrome|chromium|websocket|devtools|--odoo-http|module is not installed|could not import', re.IGNORECASE)
REMEDY = 'run scripts/setup, which provides the browser and the modules'


def pytest_configure():
    """What ``--durations`` prints is real time, also of tests that stop the clock."""
    freezegun.configure(extend_ignore_list=['_pytest.timing'])


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    reason = str(report.longrepr[2]) if report.skipped and isinstance(report.longrepr, tuple) else ''
    if WANTING.search(reason):
        report.outcome = 'failed'
        report.longrepr = f'{item.nodeid} would have been skipped: {reason}. Remedy: {REMEDY}.'


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector):
    outcome = yield
    report = outcome.get_result()
    reason = str(report.longrepr[2]) if report.skipped and isinstance(report.longrepr, tuple) else ''
    if WANTING.search(reason):
        report.outcome = 'failed'
        report.longrepr = f'{collector.nodeid} would have been skipped: {reason}. Remedy: {REMEDY}.'
