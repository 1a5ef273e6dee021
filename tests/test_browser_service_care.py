"""Journeys of care: a customer who was not content is called back by the lead, and the pages that tell how the service does."""
import json

from journeys import JourneyCase, PhoneJourney
from test_browser_service_portal import LEAVE

from odoo.tests import tagged

from odoo.addons.crm_service.tests.sla_common import SlaCommon


class CareCase(SlaCommon, JourneyCase):
    journey_login = 'service_lead'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.agent + cls.service_lead + cls.service_manager).lang = 'en_US'
        cls._policy(hours=4, promise='resolution')

    @classmethod
    def _closed(cls, **vals):
        ticket = cls._ticket(user_id=cls.agent.id, **vals)
        ticket.action_solve()
        ticket.action_close()
        return ticket


@tagged('post_install', '-at_install')
class TestLowRating(CareCase):
    journey_login = None     # a customer
    journey_helpers = LEAVE + '''
        steps.scroll_to = (target, text) => until(`${target} with ${text}`, () => {
            document.querySelector(".o-mail-Form-chatter, .o-mail-ChatterContainer")?.scrollIntoView();
            return all(target).find((element) => element.textContent.includes(text));
        });
    '''

    def test_from_a_low_rating_to_the_follow_up(self):
        """The customer chooses 1 and says why; the lead finds an activity, reads it, calls, and says what came of it."""
        ticket = self._closed(title="The pump leaks", priority='2')
        feedback = ticket.feedback_ids.sudo()
        steps = [('click', 'label[for=crm_rating_1]'), ('type', '#crm_feedback_comment', "Nobody called back"),
                 ('send', '#crm_feedback_form button[type=submit]')]
        self._script(
            f'/service/feedback/{feedback.token}',
            f'for (const [name, ...values] of {json.dumps(steps)}) {{ await steps[name](...values); }}',
            ready="document.readyState === 'complete'")
        self.assertEqual((feedback.rating, feedback.comment, feedback.is_low), (1, "Nobody called back", True))
        self.assertEqual((ticket.activity_ids.user_id, ticket.feedback_rating), (self.service_lead, 1))
        self._journey('/odoo/action-crm_service.crm_ticket_feedback_action', [
            ('see', '.o_graph_view, .o_list_view, .o_kanban_view'), ('absent', '.o_view_nocontent', "")], login='service_lead')
        self._journey(f'/odoo/tickets/{ticket.id}', [
            ('scroll_to', '.o-mail-Activity', "Low rating: speak to the customer"), ('scroll_to', '.o-mail-Activity', "Nobody called back"),
            ('scroll_to', '.o-mail-Message', "Rating: 1 of 5"), ('click', '.o-mail-Activity .o-mail-Activity-markDone'),
            ('type', '.o-mail-ActivityMarkAsDone textarea', "A new pump is on its way"),
            ('click', '.o-mail-ActivityMarkAsDone button[aria-label=Done]'),
            ('scroll_to', '.o-mail-Message', "A new pump is on its way"), ('without', '.o-mail-Activity'),
        ], login='service_lead')
        self.assertFalse(ticket.activity_ids)


@tagged('post_install', '-at_install')
class TestStatistics(CareCase):

    def test_pages(self):
        self._closed(title="Done").feedback_ids.sudo()._answer(rating=4)
        self._ticket(title="Open")
        for url, page in (
                ('/odoo/ticket-statistics', '.o_graph_view canvas'), ('/odoo/service-promises', '.o_data_row'),
                ('/odoo/action-crm_service.crm_ticket_report_action_hours', '.o_pivot td'),
                ('/odoo/action-crm_service.crm_ticket_report_action_backlog', '.o_graph_view canvas'),
                ('/odoo/action-crm_service.crm_service_person_action', '.o_data_row, .o_graph_view canvas'),
                ('/odoo/action-crm_service.crm_service_dashboard_action', '.o-scorecard, .o-figure')):
            with self.subTest(url=url):
                self._journey(url, [('see', page)])
        self._journey('/odoo/action-crm_service.crm_service_workbook_action', [
            ('see', '.modal button[name=action_download]'), ('text', '.modal', "ready to be printed")])

    def test_wall_board(self):
        ticket = self._ticket(title="The pump leaks")
        ticket.sudo().write({'sla_state': 'breached', 'date_due': '2026-06-01 10:00:00'})
        self._journey('/odoo/service-board', [
            ('text', '.o_crm_service_board_figure[data-name=breached] .text-danger', "1"),
            ('text', '.o_crm_service_board_urgent tr', "broken for"),
            ('text', '.o_crm_service_board_urgent tr', "Nobody"), ('text', '.o_crm_service_board_teams', "Hotline"),
            ('choose', '.o_crm_service_board select', "Workshop"), ('text', '.o_crm_service_board', "No promise is running."),
            ('choose', '.o_crm_service_board select', "All teams"), ('click', '.o_crm_service_board_figure[data-name=breached]'),
            ('text', '.o_data_row', "The pump leaks"),
        ])

    def test_wall_board_keeps_up_to_date(self):
        """It asks again by itself; while the server is away it says so, and comes back."""
        self._ticket(title="First")
        self._script('/odoo/service-board', '''
            const { browser } = odoo.loader.modules.get("@web/core/browser/browser");
            const { action, orm } = await until("the web client", () => odoo.__WOWL_DEBUG__?.root?.env?.services);
            const figure = ".o_crm_service_board_figure[data-name=open] .o_crm_service_board_value";
            const value = () => document.querySelector(figure)?.textContent;
            const before = Number(await until("the board", value));
            const [wait, Request] = [browser.setInterval, browser.XMLHttpRequest];
            browser.setInterval = (work) => wait(work, 200);
            await action.doAction("crm_service.crm_service_board_action", { clearBreadcrumbs: true });
            browser.setInterval = wait;
            const [ticket] = await orm.searchRead("crm.ticket", [["title", "=", "First"]], ["team_id"]);
            await orm.create("crm.ticket", [{ title: "Second", team_id: ticket.team_id[0] }]);
            await until("one more", () => Number(value()) === before + 1);
            browser.XMLHttpRequest = class extends Request {
                open(method, url) {
                    super.open(method, url.includes("get_board") ? "/web/static/nowhere" : url);
                }
            };
            await named(".o_crm_service_board [role=status]", "No connection");
            if (Number(value()) !== before + 1) { throw new Error("the last figures are gone"); }
            browser.XMLHttpRequest = Request;
            await until("connected again", () => !document.querySelector(".o_crm_service_board [role=status] .text-danger"));
        ''')


@tagged('post_install', '-at_install')
class TestStatisticsPhone(PhoneJourney, CareCase):

    def test_wall_board(self):
        ticket = self._ticket(title="The pump leaks and the customer writes much about it on a line that is long")
        ticket.sudo().write({'sla_state': 'breached', 'date_due': '2026-06-01 10:00:00'})
        self._journey('/odoo/service-board', [
            ('see', '.o_crm_service_board_value'), ('see', '.o_crm_service_board_teams'),
            ('text', '.o_crm_service_board_urgent .d-sm-none', "Nobody")])

    def test_statistics(self):
        self._journey('/odoo/ticket-statistics', [('see', '.o_graph_view, .o_view_nocontent')])
