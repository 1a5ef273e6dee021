from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ('recycled', "Recycled"),         # a rule took it from its owner
    ('released', "Given Back"),       # its owner, or whoever wrote the salesperson away
    ('imported', "Put In"),           # nobody owned it: put or imported into the pool
    ('claimed', "Claimed"),
    ('assigned', "Assigned"),         # given to somebody: by an administrator, a handover, an assignment rule
    ('withdrawn', "Taken Out"),       # out without an owner, such as by a merge with another customer
    ('moved', "Moved"),               # to another pool
    ('transferred', "Transferred"),   # from owner to owner, never in a pool
]
DIRECTIONS = {
    'recycled': 'in', 'released': 'in', 'imported': 'in', 'claimed': 'out', 'assigned': 'out', 'withdrawn': 'out',
    'moved': 'between', 'transferred': 'owner',
}
# the context key of writes that are part of a move; no request can make this object up
MOVING = object()
QUIET = {'tracking_disable': True, 'mail_auto_subscribe_no_notify': True, 'mail_activity_quick_update': True,
         'no_mail_to_attendees': True, 'dont_notify': True}


class CrmPoolMove(models.Model):
    """What came into a pool and left it, when, from whom to whom, and why. Stays as it is.

    :meth:`_carry_out` is the one way in and out of pools: recycling, giving back, claims, assignment, import, and whoever writes the
    salesperson of a customer.
    """
    _name = 'crm.pool.move'
    _description = "Pool Move"
    _order = 'date desc, id desc'
    _rec_name = 'partner_name'

    date = fields.Datetime(required=True, readonly=True, index=True)
    day = fields.Date(required=True, readonly=True, help="In the company's time zone.")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    direction = fields.Selection(
        [('in', "In"), ('out', "Out"), ('between', "Between Pools"), ('owner', "Between Salespeople")], required=True, readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True, index=True, ondelete='set null')
    partner_name = fields.Char("Name Then", readonly=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    pool_id = fields.Many2one('crm.pool', readonly=True, index=True, ondelete='restrict')
    from_pool_id = fields.Many2one('crm.pool', readonly=True, ondelete='restrict')
    from_user_id = fields.Many2one('res.users', "Former Salesperson", readonly=True, index='btree_not_null', ondelete='restrict')
    to_user_id = fields.Many2one('res.users', "New Salesperson", readonly=True, index='btree_not_null', ondelete='restrict')
    rep_id = fields.Many2one(
        'res.users', "Salesperson", readonly=True, index='btree_not_null', ondelete='restrict', help="Who gained or lost the customer.")
    team_id = fields.Many2one('crm.team', "Sales Team", readonly=True, ondelete='set null')
    author_id = fields.Many2one('res.users', "Done By", required=True, readonly=True, ondelete='restrict')
    rule_id = fields.Many2one('crm.pool.rule', readonly=True, index='btree_not_null', ondelete='set null')
    reason = fields.Char(readonly=True)
    days = fields.Integer(readonly=True, aggregator='avg', help="How long the customer had been in the pool, or with its salesperson.")
    starts_clock = fields.Boolean(
        readonly=True, help="The owner's time without follow-up counts from here. Not so if owners pass a customer on among themselves.")
    number = fields.Integer("Claim of the Day", readonly=True, aggregator=None)

    _number_uniq = models.UniqueIndex('(to_user_id, company_id, day, number) WHERE number > 0')
    _clock_idx = models.Index('(partner_id, to_user_id, date) WHERE starts_clock')
    _company_date_idx = models.Index('(company_id, date DESC, id DESC)')

    @api.depends('partner_name', 'kind')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for move in self:
            move.display_name = f"{move.partner_name}: {kinds.get(move.kind)}"

    def write(self, vals):
        """:raise UserError: always but for what Odoo itself does, such as merging customers"""
        if not self.env.su:
            raise UserError(self.env._("The history of a pool stays as it is."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The history of a pool stays as it is."))

    # ------------------------------------------------------------------
    # The one way in and out
    # ------------------------------------------------------------------

    @api.model
    def _carry_out(self, kind, customers, pool=None, user=None, reason=False, rule=None):
        """Move customers into a pool, out of it, or to another one: entry, owner, open records and history at once.

        As superuser: callers have checked that the move is allowed; its author is whoever is at work.

        :param str kind: one of ``KINDS``
        :param customers: commercial partners; in a pool already for claimed, assigned, withdrawn and moved, else in none
        :param pool: where they come to, or the one they leave
        :param user: who gets them, for claimed and assigned; to whom they went, for transferred
        :param str reason: why, for people
        :param rule: the recycling rule
        :return: the moves, with all rights
        :raise UniqueViolation: if the person is claiming at the same moment elsewhere
        """
        moves = self.sudo().with_context(**QUIET, crm_pool_moving=MOVING)
        customers = customers.with_env(moves.env)
        if not customers:
            return moves
        carry = {
            'in': moves._carry_in, 'out': moves._carry_leave, 'between': moves._carry_between, 'owner': moves._carry_owner,
        }[DIRECTIONS[kind]]
        return carry(kind, customers, {'reason': reason, 'rule_id': rule.id if rule else False}, pool, user)

    def _carry_in(self, kind, customers, vals, pool, _user):
        moves = self._log(kind, customers, {**vals, 'pool_id': pool.id}, pool.company_id)
        self.env['crm.pool.entry'].create([{
            'partner_id': customer.id, 'pool_id': pool.id, 'former_user_id': customer.user_id.id, 'reason': vals['reason'],
        } for customer in customers])
        for owner, group in customers.filtered('user_id').grouped('user_id').items():
            pool.with_env(self.env)._settle(group, owner, pool.responsible_id, pool.on_return == 'close')
            self._family(group).filtered(lambda partner, owner=owner: partner.user_id == owner).user_id = False
            group.message_unsubscribe(owner.partner_id.ids)   # what customers write from now on is not theirs to read
        customers.filtered('crm_pool_until').write({'crm_pool_until': False, 'crm_pool_protector_id': False})
        self.env['crm.pool.due'].search([('partner_id', 'in', customers.ids)]).unlink()
        return moves

    def _carry_leave(self, kind, customers, vals, _pool, user):
        entries = self.env['crm.pool.entry'].with_context(active_test=False).search([('partner_id', 'in', customers.ids)])
        since = {entry.partner_id.id: entry.date_in for entry in entries}
        moves = self.browse()
        for pool, group in entries.grouped('pool_id').items():
            moves |= self._log(kind, group.partner_id, {**vals, 'pool_id': pool.id, 'to_user_id': user.id if user else False},
                               pool.company_id, since)
        pools = {pool: group.partner_id for pool, group in entries.grouped('pool_id').items()}
        entries.unlink()
        if user:
            self._family(customers).filtered(lambda partner: partner in customers or not partner.user_id).user_id = user
            for pool, group in pools.items():
                pool._settle(group, pool.responsible_id, user, False)
        return moves

    def _carry_between(self, kind, customers, vals, pool, _user):
        entries = self.env['crm.pool.entry'].with_context(active_test=False).search(
            [('partner_id', 'in', customers.ids), ('pool_id', '!=', pool.id)])
        since = {entry.partner_id.id: entry.date_in for entry in entries}
        moves = self.browse()
        for former, group in entries.grouped('pool_id').items():
            moves |= self._log(
                kind, group.partner_id, {**vals, 'pool_id': pool.id, 'from_pool_id': former.id}, pool.company_id, since)
            former._settle(group.partner_id, former.responsible_id, pool.responsible_id, False)
        entries.pool_id = pool
        return moves

    def _carry_owner(self, kind, customers, vals, _pool, user):
        moves = self.browse()
        for company, group in customers.grouped(lambda customer: customer.company_id or self.env.company).items():
            moves |= self._log(kind, group, {**vals, 'to_user_id': user.id}, company)
        return moves

    def _family(self, customers):
        """Return the customers and everybody below them, archived ones too."""
        return customers.with_context(active_test=False).search([('commercial_partner_id', 'in', customers.ids)]) | customers

    # ------------------------------------------------------------------
    # History
    # ------------------------------------------------------------------

    def _log(self, kind, customers, vals, company, since=None):
        """Put the moves of customers on record, before anything else is changed.

        :param since: ``{partner id: moment}`` they came into the pool; default: when they came to their present owners
        """
        now, day = fields.Datetime.now(), company._crm_today()
        since = self._owned_since(customers) if since is None else since
        author = self.env['res.users'].browse(self.env.uid)
        number = self._last_number(vals['to_user_id'], company, day) if kind == 'claimed' else None
        granted = kind in ('claimed', 'assigned') or (kind == 'transferred' and self._is_granted(author))
        vals_list = []
        for position, customer in enumerate(customers, 1):
            rep = vals.get('to_user_id') or customer.user_id.id
            vals_list.append({
                **vals, 'date': now, 'day': day, 'kind': kind, 'direction': DIRECTIONS[kind], 'partner_id': customer.id,
                'partner_name': customer.display_name, 'company_id': company.id, 'from_user_id': customer.user_id.id, 'rep_id': rep,
                'author_id': author.id, 'days': max(0, (now - since.get(customer.id, now)).days), 'starts_clock': granted,
                'number': number + position if number is not None else 0})
        teams = self._teams({vals['rep_id'] for vals in vals_list if vals['rep_id']}, company)
        for move_vals in vals_list:
            move_vals['team_id'] = teams.get(move_vals['rep_id'], False)
        moves = self.create(vals_list)
        moves.flush_recordset()   # two claims at once are found out before anything else is done
        return moves

    def _is_granted(self, author):
        """Return whether the author passes customers on as somebody who decides about them, not as their owner."""
        return author._is_superuser() or author.has_group('sales_team.group_sale_salesman_all_leads') or bool(
            self.env['crm.team'].search_count([('user_id', '=', author.id)], limit=1))

    def _last_number(self, user_id, company, day):
        [(number,)] = self._read_group([
            ('to_user_id', '=', user_id), ('company_id', '=', company.id), ('day', '=', day), ('number', '>', 0)], [], ['number:max'])
        return number or 0

    def _owned_since(self, customers):
        """Return ``{partner id: moment}`` when the customers came to their present owners, as far as it is on record."""
        last = {}
        for customer, user, date in self._read_group(
                [('partner_id', 'in', customers.ids), ('to_user_id', '!=', False)], ['partner_id', 'to_user_id'], ['date:max']):
            if customer.user_id == user:
                last[customer.id] = date
        return {customer.id: last.get(customer.id, customer.create_date) for customer in customers if customer.user_id}

    def _teams(self, user_ids, company):
        """Return ``{user id: team id}`` of people in a company."""
        members = self.env['crm.team.member'].search(
            [('user_id', 'in', list(user_ids)), ('crm_team_id.company_id', 'in', (False, company.id))], order='id desc')
        return {member.user_id.id: member.crm_team_id.id for member in members}
