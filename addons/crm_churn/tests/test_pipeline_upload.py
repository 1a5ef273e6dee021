"""A manager brings in the pipeline of another CRM: what is in the files is told first, then the scheduler works on it."""
import base64
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ChurnCommon

HEAD = 'opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n'
ROWS = '1A,Rep,GTX Pro,Acme,Won,2025-01-02,2025-02-01,50\n1B,Rep,GTXPro,Acme,Lost,2025-01-02,2025-03-01,0\n1C,Rep,GTX Pro,,Prospecting,,,\n'


@tagged('post_install', '-at_install')
class TestPipelineUpload(ChurnCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep.name = "Rep"

    def _upload(self, text=HEAD + ROWS, user=None, **files):
        files = {name: base64.b64encode(content.encode()) for name, content in {'pipeline_file': text, **files}.items() if content}
        return self._as(user or self.manager)['crm.pipeline.upload'].create({'name': "deals.csv", **files})

    def _leads(self, upload):
        return self.env['crm.lead'].with_context(active_test=False).search(upload.action_view_opportunities()['domain'], order='name')

    def _work(self):
        with patch.object(self.env.cr, 'rollback', lambda: None):   # of a test, which goes on
            self.env['crm.pipeline.upload']._cron_run()

    def test_check_then_import(self):
        upload = self._upload()
        upload.action_check()
        self.assertEqual((upload.state, upload.deal_count, upload.won_count, upload.lost_count, upload.new_people, upload.progress),
                         ('checked', 3, 1, 1, False, 0))
        self.assertFalse(self._leads(upload), "nothing is imported yet")
        upload.action_start()
        with self.assertRaisesRegex(UserError, "running already"):
            upload.action_check()
        for action in (upload.unlink, lambda: upload.write({'accounts_file': False})):
            with self.assertRaisesRegex(UserError, "running already"):
                action()
        self._work()
        self.assertEqual((upload.state, upload.position, upload.progress, upload.error), ('done', 3, 100, False))
        upload.accounts_file = base64.b64encode(b'account,sector,office_location,subsidiary_of\nAcme,retail,Belgium,\n')
        self.assertEqual(upload.state, 'draft', "another file is to be checked")
        leads = self._leads(upload)
        self.assertEqual([(lead.name, lead.won_status, lead.user_id, lead.company_id) for lead in leads], [
            (f"GTX Pro ({number})", status, self.rep, self.company)
            for number, status in (('1A', 'won'), ('1B', 'lost'), ('1C', 'pending'))])
        self.assertEqual(leads[1].crm_churn_event_ids.mapped(lambda event: str(event.date)), ['2025-03-01'])

    def test_wrong_files(self):
        """Refused with what to do before anything is written."""
        for files, said in (
                ({'text': 'a,b\n1,2\n'}, "The file has no column: opportunity_id, sales_agent"), ({'text': ''}, "Choose the file"),
                ({'text': HEAD + ROWS.replace('2025-03-01', '2024-03-01').replace('Won', 'Gone')},
                 "Line 2: “Gone” is no value for deal_stage.\nLine 3: “2024-03-01” is no value for close_date."),
                ({'accounts_file': 'account,sector\nAcme,retail\n'}, "The file has no column: office_location, subsidiary_of")):
            upload = self._upload(**files)
            for action in (upload.action_check, upload.action_start):
                with self.subTest(files), self.assertRaises(UserError) as caught:
                    action()
                self.assertIn(said, str(caught.exception))
            self.assertEqual(upload.state, 'draft')
        self._work()
        self.assertFalse(self._leads(upload))

    def test_new_people_by_administrators_only(self):
        """Users are made of the file where the one who brought it may make users, whoever starts it."""
        text = HEAD + ROWS.replace('Rep', 'Ann Agent')
        upload = self._upload(text)
        with self.assertRaisesRegex(UserError, "no users of .*: Ann Agent. Ask an administrator"):
            upload.action_check()
        upload.state = 'running'
        self._work()
        self.assertEqual((upload.state, self._leads(upload)), ('failed', self.env['crm.lead']))
        self.assertIn("Ann Agent", upload.error)
        self.assertFalse(self.env['res.users'].search([('name', '=', "Ann Agent")]))
        self.manager.write({'group_ids': [Command.link(self.env.ref('base.group_erp_manager').id)]})
        upload.action_start()
        self.assertEqual(upload.new_people, "Ann Agent")
        self._work()
        self.assertEqual((upload.state, self._leads(upload).user_id.mapped('name')), ('done', ["Ann Agent"]))

    def test_goes_on(self):
        """Where the time of the scheduler was up, the next run makes the rest, and nothing twice."""
        upload = self._upload()
        upload.action_start()
        with patch('odoo.addons.crm_churn.models.crm_pipeline_import.BATCH', 2), \
                patch.object(self.registry['ir.cron'], '_commit_progress', lambda self, *args, **kwargs: 0):
            self._work()
            self.assertEqual((upload.state, upload.position, len(self._leads(upload))), ('running', 2, 2))
            self._work()
        self.assertEqual((upload.state, upload.position, len(self._leads(upload))), ('done', 3, 3))

    def test_who_may(self):
        for user in (self.rep, self.lead, self.analyst):
            with self.assertRaises(AccessError):
                self._upload(user=user)
        upload = self._upload()
        other = self.env['res.company'].create({'name': "Other"})
        upload.sudo().company_id = other
        with self.assertRaises(AccessError):
            upload.invalidate_recordset()
            upload.read(['state'])
