"""A customer in the portal: signs a contract, sees how it stands, accepts, chooses how often to be told; on a desktop and on a phone."""
import json

from journeys import JourneyCase, PhoneJourney

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

SIGN = """
// press a button that leads to another page; the journey stays here, a form is sent as the browser would send it
const leave = (button) => new Promise((resolve) => {
    navigation.addEventListener("navigate", async (event) => {
        event.preventDefault();
        if (event.formData) {
            await fetch(event.destination.url, { method: "POST", body: new URLSearchParams(event.formData) });
        }
        resolve();
    }, { once: true });
    button.click();
});
steps.leave = async (target) => leave(await until(target, () => shown(target)));
steps.sign = async (target) => {
    const button = await until(target, () => shown(target));
    const dialog = document.querySelector(button.dataset.bsTarget);
    const ready = new Promise((resolve) => dialog.addEventListener("shown.bs.modal", resolve, { once: true }));
    button.click();
    await ready;  // until then the form clears what is drawn
    await until("name", () => dialog.querySelector("input[name=signer]"));
    (await until("drawing", () => [...dialog.querySelectorAll("a, button")].find((link) => link.textContent.trim() === "Auto"))).click();
    const submit = await until("submit", () => dialog.querySelector(".o_portal_sign_submit:not(:disabled)"));
    await leave(submit);
};
"""


@tagged('post_install', '-at_install')
class TestContractPortalDesktop(JourneyCase):
    journey_login = 'portal_buyer'
    journey_helpers = SIGN

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env['res.partner'].create({'name': "Blue River Mills", 'is_company': True})
        cls.buyer = new_test_user(cls.env, login='portal_buyer', name="Berta Buyer", groups='base.group_portal', lang='en_US', tz='UTC')
        cls.buyer.partner_id.parent_id = cls.customer
        today = fields.Date.today()
        cls.contract = cls.env['crm.contract'].create({
            'partner_id': cls.customer.id, 'title': "Two pumps", 'manual_untaxed': 1000, 'manual_total': 1200,
            'company_id': cls.env.ref('base.main_company').id,
            'step_ids': [
                Command.create({'name': "Handover on site", 'kind': 'accept', 'sequence': 1, 'date_due': today}),
                Command.create({'name': "Instalment", 'kind': 'collect', 'sequence': 2, 'amount': 1200, 'date_due': today})]})
        cls.contract.action_submit()
        if cls.contract.state == 'approval':
            cls.contract.action_approve()

    def _walk(self, url, steps):
        script = f'for (const [name, ...values] of {json.dumps(steps)}) {{ await steps[name](...values); }}'
        self._script(url, script, ready="document.readyState === 'complete'")

    def test_sign_and_accept(self):
        number = self.contract.name
        self._walk('/my', [
            ('text', '.o_portal_index_card', "Your Contracts"), ('text', '.o_portal_index_card', "Contracts to sign"), ('fits',)])
        self._walk('/my/contracts', [
            ('text', 'table', number), ('text', '.badge', "To sign"), ('fits',), ('choose', '#crm_status_mail', "Once a week"),
            ('leave', '.o_crm_status_mail button')])
        self.assertEqual(self.buyer.partner_id.crm_status_mail, 'weekly')
        url = f'/my/contracts/{self.contract.id}'
        self._walk(url, [('text', '.o_crm_portal_step', "Handover on site"), ('fits',), ('sign', '.o_crm_sign')])
        self.assertEqual((self.contract.state, self.contract.signed_by), ('signed', "Berta Buyer"))
        self._walk(url, [('text', '.o_crm_progress', "Accepted"), ('without', '.o_crm_sign'), ('fits',), ('sign', '.o_crm_accept')])
        step = self.contract.step_ids[0]
        self.assertEqual((step.state, step.confirmed_by), ('done', "Berta Buyer"))
        self._walk(url, [('text', '.o_crm_portal_step', "Done"), ('without', '.o_crm_accept'), ('fits',)])


@tagged('post_install', '-at_install')
class TestContractPortalPhone(PhoneJourney, TestContractPortalDesktop):
    pass
