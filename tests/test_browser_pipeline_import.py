"""A manager brings in another CRM's pipeline in a browser: a wrong file is explained, the right one told and imported; on a phone too."""
from unittest.mock import patch

from journeys import JourneyCase, PhoneJourney

from odoo.tests import tagged

HEAD = 'opportunity_id;sales_agent;product;account;deal_stage;engage_date;close_date;close_value\n'
ROWS = 'J1;Agent of Journeys;Thing of Journeys;Acme of Journeys;Won;2025-01-02;2025-02-01;1.250,50\n' \
       'J2;Agent of Journeys;Thing of Journeys;Acme of Journeys;Lost;2025-01-02;2025-03-01;0,00\n'
CLEAR = '[name=pipeline_file] .o_clear_file_button'
FILES = {'wrong.csv': 'name,value\nx,1\n', 'bad.csv': HEAD + ROWS.replace('2025-03-01', '2024-03-01'), 'deals.csv': HEAD + ROWS}


class PipelineCase(JourneyCase):
    journey_login = 'pipeline_manager'
    journey_helpers = f'const texts = {FILES!r};' + """
    steps.file = async (field, name) => {
        const input = await one(`[name=${field}] input[type=file]`);
        const files = new DataTransfer();
        files.items.add(new File([texts[name]], name, { type: "text/csv" }));
        input.files = files.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
        await one(`[name=${field}] .o_clear_file_button`);
    };
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env['res.company'].create({'name': "Pipeline of Journeys"})
        cls._person('pipeline_manager', 'sales_team.group_sale_manager', cls.company)
        cls.agent = cls._person('pipeline_agent', 'sales_team.group_sale_salesman', cls.company, name="Agent of Journeys")

    def _import(self):
        again = [('click', CLEAR), ('without', CLEAR)]
        self._journey('/odoo/pipeline-import/new', [
            ('file', 'pipeline_file', 'wrong.csv'), ('click', 'button[name=action_check]'),
            ('warned', "The file has no column: opportunity_id, sales_agent"), ('click', '.modal .btn-primary'), ('without', '.modal'),
            *again, ('file', 'pipeline_file', 'bad.csv'),
            ('click', 'button[name=action_check]'), ('warned', "Line 3: “2024-03-01” is no value for close_date."),
            ('click', '.modal .btn-primary'), ('without', '.modal'),
            *again, ('file', 'pipeline_file', 'deals.csv'),
            ('click', 'button[name=action_check]'), ('text', '[name=deal_count]', "2"), ('text', '[name=lost_count]', "1"), ('fits',),
            ('click', 'button[name=action_start]'), ('text', '.alert-info', "runs in the background")])
        upload = self.env['crm.pipeline.upload'].search([('company_id', '=', self.company.id)])
        self.assertEqual((upload.state, upload.name), ('running', "deals.csv"))
        with patch.object(self.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: float('inf')):
            upload._cron_run()
        self._journey(f'/odoo/pipeline-import/{upload.id}', [
            ('text', '.alert-success', "lost are in the list of losses"), ('click', 'button[name=action_view_opportunities]'),
            ('text', '.o_content', "Thing of Journeys (J1)"), ('text', '.o_content', "Thing of Journeys (J2)")])
        leads = self.env['crm.lead'].with_context(active_test=False).search([('company_id', '=', self.company.id)], order='name')
        self.assertEqual([(lead.won_status, lead.user_id) for lead in leads], [('won', self.agent), ('lost', self.agent)])
        self.assertEqual(leads[0].expected_revenue, 1250.5)


@tagged('post_install', '-at_install')
class TestPipelineImportDesktop(PipelineCase):

    def test_import(self):
        self._import()


@tagged('post_install', '-at_install')
class TestPipelineImportPhone(PhoneJourney, PipelineCase):

    def test_import(self):
        self._import()
