import base64
import doctest
import io

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools import masking, pool_file
from .pool_common import PoolCommon

FILE = """Company,Tel,E-Mail,City,Country
Brand New,+32 11 22 33 44,new@new.example,Ghent,BE
Owned Ltd.,,,Antwerp,Belgium
Unknown Name,0032 470/12.34.56,,,
Pooled,,pooled@pool.example,,
BRAND NEW GmbH,,,,
,123,,,
"""


@tagged('post_install', '-at_install')
class TestPoolImport(PoolCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({'name': "Owned"})
        cls.customer2.write({'name': "Free", 'phone': "+32 470 12 34 56"})
        [cls.pooled] = cls._customers(1, email="POOLED@pool.example")
        cls._put(cls.pooled)

    def _wizard(self, text=FILE, user=None, raw=None):
        return self._as(user or self.lead)['crm.pool.import'].create(
            {'pool_id': self.pool.id, 'file': base64.b64encode(raw or text.encode()), 'filename': "list.csv"})

    def test_tools(self):
        for module in (masking, pool_file):
            self.assertFalse(doctest.testmod(module).failed, module.__name__)

    def test_workbook_in_chinese(self):
        book = openpyxl.Workbook()
        for row in (["公司名称", "电话", "城市"], ["长城贸易", 13812345678, "上海"]):
            book.active.append(row)
        stream = io.BytesIO()
        book.save(stream)
        wizard = self._wizard(raw=stream.getvalue())
        wizard.action_import()
        new = self.env['res.partner'].search([('name', '=', "长城贸易")])
        self.assertEqual((new.phone, new.city, new.crm_pool_id), ("13812345678", "上海", self.pool))

    def test_check_says_what_becomes_of_each_row(self):
        wizard = self._wizard()
        wizard.action_check()
        self.assertEqual([(line.number, line.state, line.partner_id, line.twin) for line in wizard.line_ids], [
            (2, 'new', self.env['res.partner'], 0), (3, 'owned', self.customer, 0), (4, 'free', self.customer2, 0),
            (5, 'pooled', self.pooled, 0), (6, 'twice', self.env['res.partner'], 2), (7, 'nameless', self.env['res.partner'], 0)])
        self.assertEqual(wizard.line_ids[1].owner_id, self.rep)
        self.assertFalse(self.env['res.partner'].search([('name', '=', "Brand New")]), "nothing is written yet")

    def test_import(self):
        wizard = self._wizard()
        wizard.action_check()
        wizard.action_import()
        new = self.env['res.partner'].search([('name', 'ilike', "Brand New")])
        self.assertEqual((len(new), new.phone, new.country_id.code, new.crm_pool_id), (1, "+32 11 22 33 44", 'BE', self.pool))
        self.assertEqual((self.customer2.crm_pool_id, self.customer.user_id), (self.pool, self.rep))
        self.assertEqual(self._entries(new | self.customer2).mapped('reason'), ["list.csv", "list.csv"])
        with self.assertRaisesRegex(UserError, "nothing to import"):
            self._wizard().action_import()

    def test_taken_between_check_and_import(self):
        wizard = self._wizard()
        wizard.action_check()
        self.customer2.user_id = self.rep2
        wizard.action_import()
        self.assertEqual(self.customer2.user_id, self.rep2)

    def test_bad_files(self):
        for text, message in (("Colour,Size\nred,1\n", "no column with the name"), ("", "file is empty"), ("Name\n", "file is empty")):
            with self.assertRaisesRegex(UserError, message):
                self._wizard(text or " ").action_check()

    def test_by_administrators_only(self):
        with self.assertRaises(AccessError):
            self._wizard(user=self.rep).action_check()
        self._wizard(user=self.manager).action_check()
