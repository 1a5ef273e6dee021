"""A sales manager watches an import: the form follows by itself while it runs, ends on the report and then leaves the server alone."""
import json

from journeys import JourneyCase

from odoo.tests import tagged

WATCH = """
    const { browser } = odoo.loader.modules.get("@web/core/browser/browser");
    const { setTimeout: start, clearTimeout: stop } = browser;
    const looks = new Set(); // the timers that would look again
    browser.setTimeout = (call, delay) => {
        const timer = start(() => { looks.delete(timer); call(); }, delay);
        if (delay === 2000) { looks.add(timer); }
        return timer;
    };
    browser.clearTimeout = (timer) => { looks.delete(timer); stop(timer); };
    const write = async (values) => {
        const answer = await fetch("/web/dataset/call_kw", {
            method: "POST", headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ params: {
                model: "crm.sales.import", method: "write", args: [[%(id)s], values], kwargs: {} } }) });
        const { error } = await answer.json();
        if (error) { throw new Error(error.data.message); }
    };
    const percent = () => parseInt(document.querySelector("[name=progress] .o_progressbar_value, [name=progress]").textContent);
"""


@tagged('post_install', '-at_install')
class TestImportInBrowser(JourneyCase):

    def test_follows_until_the_report(self):
        company = self.env['res.company'].create({'name': "Browser Ltd"})
        self._person('browser_manager', 'sales_team.group_sale_manager', company)
        record = self.env['crm.sales.import'].create({
            'name': "history.csv", 'company_id': company.id, 'state': 'running', 'phase': 'documents', 'position': 10, 'total': 100})
        done = json.dumps({'state': 'done', 'phase': 'finished', 'position': 100, 'invoice_count': 77})
        self._script(f'/odoo/sales-history-import/{record.id}', WATCH % {'id': record.id} + """
            await until("10 percent", () => percent() === 10);
            await write({ position: 60 });
            await until("60 percent", () => percent() === 60);
            await write(%s);
            await until("the report", () => document.querySelector("[name=invoice_count]")?.textContent === "77");
            await until("the end of looking", () => looks.size === 0);
        """ % done, 'browser_manager', "!!document.querySelector('.o_form_view [name=progress]')")
