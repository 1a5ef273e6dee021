"""Grades with their policies, the schemes that give them, and segments of the demo company."""
from odoo import Command

# name, colour, strategy, discount list, payment term, credit (mode, amount), tag, how they are treated
GRADES = (
    ('A1', 10, 'keep', 'demo_pricelist_a1', 'account.account_payment_term_45days', ('fixed', 60000), 'demo_tag_key_account',
     "<p>Yearly plan with the owner, a visit every month, parts on stock for them.</p>"),
    ('A2', 4, 'attack', 'demo_pricelist_a2', 'account.account_payment_term_30days', ('minimum', 25000), None,
     "<p>Find out what they buy elsewhere. A visit every quarter.</p>"),
    ('B', 3, 'maintain', None, 'account.account_payment_term_30days', ('minimum', 10000), None,
     "<p>Serve by phone and mail, a visit once a year.</p>"),
    ('C', 2, 'maintain', None, 'account.account_payment_term_immediate', ('none', 0), None,
     "<p>Web shop and catalogue. Call when they have bought more before.</p>"),
    ('Dealer Gold', 10, 'keep', None, None, ('none', 0), None, ""),
    ('Dealer Silver', 4, 'attack', None, None, ('none', 0), None, ""),
    ('Dealer Bronze', 2, 'maintain', None, None, ('none', 0), None, ""),
    ('Hot', 1, 'attack', None, None, ('none', 0), None, "<p>Call within a day.</p>"),
    ('Warm', 3, 'attack', None, None, ('none', 0), None, "<p>Call within the week, send the catalogue.</p>"),
    ('Cold', 4, 'maintain', None, None, ('none', 0), None, "<p>Newsletter.</p>"),
)
# name, advice, grade, then R, F and M from and to; the first that fits is the customer's
SEGMENTS = (
    ("Champions", "Ask for references, show new products first", 'A1', 4, 5, 4, 5, 4, 5),
    ("Loyal", "Offer a yearly agreement", 'A2', 3, 5, 4, 5, 1, 5),
    ("Big orders", "Plan the next project with them", 'A2', 3, 5, 1, 3, 4, 5),
    ("Promising", "Make them buy a second product group", 'B', 4, 5, 2, 3, 1, 3),
    ("New", "Call after the first delivery", 'B', 4, 5, 1, 1, 1, 3),
    ("Need attention", "Send an offer that ends soon", 'B', 3, 3, 1, 3, 1, 3),
    ("Cannot lose them", "Visit now", 'A2', 1, 2, 5, 5, 5, 5),
    ("At risk", "Ask what has changed", 'C', 1, 2, 3, 5, 1, 5),
    ("About to sleep", "Newsletter and catalogue", 'C', 2, 2, 1, 2, 1, 5),
    ("Lost", "Only when there is time", 'C', 1, 1, 1, 2, 1, 5),
)


def steps(*pairs):
    """Commands of thresholds, each a value and its points."""
    return [Command.create({'value': value, 'points': points}) for value, points in pairs]


class Judging:
    """What a demo company judges its customers by."""

    def __init__(self, env, company):
        self.env = env
        self.company = company
        metrics = env['crm.metric'].search([])
        self.metrics = dict(zip(metrics.mapped('code'), metrics))

    def set_up(self):
        """Create grades, schemes and segments. :return: the leading scheme"""
        self.grades = {vals[0]: grade for vals, grade in zip(GRADES, self.env['crm.grade'].create(
            [self._grade(number, *vals) for number, vals in enumerate(GRADES, start=1)]))}
        self.grades['Hot'].lead_plan_id = self._ours('demo_plan_hot_lead')
        leading = self._leading()
        self._rfm()
        self._pareto()
        self._matrix()
        self._dealers()
        self._prospects()
        self._leads()
        return leading

    def create_simple(self):
        """Create the one scheme of a small company."""
        self.grades = {vals[0]: grade for vals, grade in zip(GRADES, self.env['crm.grade'].create([
            {'name': vals[0], 'sequence': 10 * number, 'company_id': self.company.id, 'color': vals[1], 'strategy': vals[2]}
            for number, vals in enumerate(GRADES[:4], start=1)]))}
        return self._leading()

    # ------------------------------------------------------------------
    # Grades
    # ------------------------------------------------------------------

    def _ours(self, name):
        return self.env.ref(f'crm_grading.{name}') if name else self.env['product.pricelist']

    def _grade(self, number, name, color, strategy, pricelist, term, credit, tag, note):
        return {
            'name': name, 'sequence': 10 * number, 'company_id': self.company.id, 'color': color, 'strategy': strategy,
            'strategy_note': note, 'pricelist_id': self._ours(pricelist).id,
            'payment_term_id': self.env.ref(term).id if term else False,
            'credit_mode': credit[0], 'credit_limit': credit[1],
            'category_ids': [Command.link(self._ours(tag).id)] if tag else [],
        }

    def _bands(self, **thresholds):
        return [Command.create({'grade_id': self.grades[name.replace('_', ' ')].id, 'threshold': threshold})
                for name, threshold in thresholds.items()]

    # ------------------------------------------------------------------
    # Schemes
    # ------------------------------------------------------------------

    def _scheme(self, name, method, dimensions, share='revenue', **vals):
        return self.env['crm.grading.scheme'].create({
            'name': name, 'method': method, 'company_id': self.company.id, 'state': 'active',
            'share_metric_id': self.metrics[share].id if share else False,
            'dimension_ids': [
                Command.create({'metric_id': self.metrics[code].id, **dimension}) for code, dimension in dimensions.items()],
            **vals})

    def _leading(self):
        return self._scheme(
            "Customer value", 'weighted', {
                'revenue': {'weight': 35, 'step_ids': steps((2000, 20), (8000, 40), (20000, 60), (45000, 80), (100000, 100))},
                'margin_rate': {'weight': 20, 'step_ids': steps((15, 30), (22, 60), (30, 80), (38, 100)), 'if_missing': 'worst'},
                'invoice_count': {'weight': 15, 'scoring': 'linear', 'low_value': 0, 'high_value': 12},
                'recency': {'weight': 15, 'scoring': 'linear', 'low_value': 300, 'high_value': 15},
                'revenue_growth': {'weight': 15, 'scoring': 'linear', 'low_value': -60, 'high_value': 60, 'if_missing': 'skip'},
            }, is_leading=True, sequence=10, min_tenure_days=60, min_purchases=2, demotion='runs', demotion_count=2,
            band_ids=self._bands(A1=76, A2=64, B=42, C=0),
            description="What a customer is worth to us. Its grade carries prices, terms and credit.")

    def _rfm(self):
        groups = {'scoring': 'quantile', 'groups': 5}
        return self._scheme(
            "RFM", 'rfm', {
                'recency': {'axis': 'r', **groups}, 'invoice_count': {'axis': 'f', **groups}, 'revenue': {'axis': 'm', **groups},
            }, sequence=20, segment_ids=[Command.create({
                'name': name, 'advice': advice, 'grade_id': self.grades[grade].id, 'sequence': 10 * number, 'color': number,
                **dict(zip(('r_min', 'r_max', 'f_min', 'f_max', 'm_min', 'm_max'), ranges)),
            }) for number, (name, advice, grade, *ranges) in enumerate(SEGMENTS, start=1)])

    def _pareto(self):
        return self._scheme(
            "ABC by revenue", 'pareto', {'revenue': {}}, sequence=30, band_ids=self._bands(A1=50, A2=80, B=95, C=100))

    def _matrix(self):
        cells = {3: ('B', 'A2', 'A1'), 2: ('C', 'B', 'A2'), 1: ('C', 'C', 'B')}
        return self._scheme(
            "Revenue and margin", 'matrix', {
                'revenue': {'axis': 'row', 'step_ids': steps((10000, 50), (40000, 100))},
                'margin_rate': {'axis': 'column', 'step_ids': steps((22, 50), (34, 100))},
            }, sequence=40, cell_ids=[
                Command.create({'row_level': row, 'column_level': column, 'grade_id': self.grades[grade].id})
                for row, names in cells.items() for column, grade in enumerate(names, start=1)])

    def _dealers(self):
        return self._scheme(
            "Dealer rating", 'weighted', {
                'revenue': {'weight': 60, 'step_ids': steps((5000, 30), (20000, 60), (60000, 100))},
                'product_count': {'weight': 20, 'scoring': 'linear', 'low_value': 0, 'high_value': 10},
                'days_late': {'weight': 20, 'scoring': 'linear', 'low_value': 30, 'high_value': 0, 'if_missing': 'skip'},
            }, population='dealer', sequence=50, dealer_category_ids=[Command.link(self._ours('demo_tag_dealer').id)],
            band_ids=self._bands(Dealer_Gold=80, Dealer_Silver=50, Dealer_Bronze=0))

    def _prospects(self):
        return self._scheme(
            "Prospects", 'weighted', {
                'pipeline': {'weight': 50, 'step_ids': steps((1000, 40), (10000, 70), (25000, 100))},
                'touch_count': {'weight': 30, 'scoring': 'linear', 'low_value': 0, 'high_value': 5},
                'completeness': {'weight': 20, 'scoring': 'linear', 'low_value': 0, 'high_value': 100},
            }, share=None, population='prospect', sequence=60, band_ids=self._bands(Hot=60, Warm=30, Cold=0))

    def _leads(self):
        return self._scheme(
            "Leads", 'weighted', {
                'lead_revenue': {'weight': 40, 'step_ids': steps((2000, 40), (10000, 70), (25000, 100))},
                'lead_probability': {'weight': 30, 'scoring': 'linear', 'low_value': 0, 'high_value': 60},
                'lead_completeness': {'weight': 30, 'scoring': 'linear', 'low_value': 0, 'high_value': 100},
            }, share=None, population='lead', sequence=70, band_ids=self._bands(Hot=60, Warm=35, Cold=0))

    # ------------------------------------------------------------------
    # Segments
    # ------------------------------------------------------------------

    def segments(self):
        """Create named groups of customers."""
        def segment(name, color, description, criteria=(), grades=(), **vals):
            return {
                'name': name, 'company_id': self.company.id, 'color': color, 'description': description,
                'grade_ids': [Command.set([self.grades[grade].id for grade in grades])],
                'criterion_ids': [Command.create({'metric_id': self.metrics[code].id, 'operator': operator, 'value': value})
                                  for code, operator, value in criteria], **vals}
        return self.env['crm.segment'].create([
            segment("Good customers buying less", 1, "Top grades whose revenue fell by a fifth or more.",
                    [('revenue_growth', '<=', -20)], ('A1', 'A2', 'B')),
            segment("Rising", 10, "Bought at least a quarter more than the year before.", [('revenue_growth', '>=', 25)]),
            segment("Slow payers", 3, "More than three weeks late on average.", [('days_late', '>', 21)]),
            segment("Not contacted for three months", 2, "Customers with a grade whom nobody has spoken to.",
                    [('last_contact', '>', 90)], ('A1', 'A2', 'B', 'C')),
            segment("Customers in China", 4, "For the trade fair in Shanghai.",
                    domain=f"[('partner_id.country_id', '=', {self.env.ref('base.cn').id})]"),
            segment("Nobody's customers", 5, "Without a salesperson.", domain="[('user_id', '=', False)]"),
            segment("Parts shop", 7, "Small customers who order online.",
                    domain=f"[('partner_id.category_id', '=', {self._ours('demo_tag_shop').id})]"),
        ])
