import base64

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools.pool_file import keys, recognise

MOST_ROWS = 20_000
LINE_FIELDS = ('name', 'phone', 'email', 'vat', 'website', 'street', 'zip', 'city', 'comment')


class CrmPoolImport(models.TransientModel):
    """Put a list of customers into a pool: what is known already is found by phone, email, tax number and name, and not made twice."""
    _name = 'crm.pool.import'
    _inherit = ['crm.foreign.file']
    _description = "Import into a Pool"

    pool_id = fields.Many2one('crm.pool', required=True, default=lambda self: self.env['crm.pool'].search(
        [('company_id', '=', self.env.company.id)], limit=1))
    file = fields.Binary(required=True, help="Excel or CSV with a header: name, phone, email, tax id, street, city, country …")
    filename = fields.Char()
    line_ids = fields.One2many('crm.pool.import.line', 'import_id', "Rows", readonly=True)
    summary = fields.Char(compute='_compute_summary')

    @api.depends('line_ids.state')
    def _compute_summary(self):
        states = self.env['crm.pool.import.line']._fields['state']._description_selection(self.env)
        for wizard in self:
            groups = wizard.line_ids.grouped('state')
            wizard.summary = ", ".join(f"{label}: {len(groups[state])}" for state, label in states if state in groups)

    def action_check(self):
        """Read the file and say of each row what will become of it."""
        self.ensure_one()
        self._check_admin()
        self.line_ids = [Command.clear(), *(Command.create(vals) for vals in self._judged(self._rows()))]
        return self._again()

    def action_import(self):
        """Create what is new, and put it into the pool with what is known and nobody looks after.

        :raise UserError: if nothing is left to import
        """
        self.ensure_one()
        self._check_admin()
        if not self.line_ids:
            self.action_check()
        else:   # somebody may have entered or taken one of them meanwhile
            self.line_ids = [Command.clear(), *(Command.create(vals) for vals in self._judged([
                (line.number, {name: line[name] or '' for name in LINE_FIELDS} | {'country': line.country_id.code or ''})
                for line in self.line_ids]))]
        new, free = (self.line_ids.filtered(lambda line, state=state: line.state == state) for state in ('new', 'free'))
        if not new and not free:
            raise UserError(self.env._("All of these customers are known already: nothing to import."))
        partners = self.env['res.partner'].sudo()  # administrators of a pool fill it, whether or not they may create contacts
        created = partners.create([{
            **{name: line[name] for name in LINE_FIELDS}, 'country_id': line.country_id.id, 'is_company': True, 'user_id': False,
        } for line in new])
        moves = self.env['crm.pool.move']._carry_out(
            'imported', created | free.partner_id.sudo(), pool=self.pool_id, reason=self.filename)
        return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
            'message': self.env._("%(count)s put into the pool.", count=len(moves)), 'type': 'success',
            'next': {'type': 'ir.actions.act_window_close'}}}

    def _again(self):
        return {'type': 'ir.actions.act_window', 'res_model': self._name, 'res_id': self.id, 'views': [(False, 'form')], 'target': 'new',
                'name': self.env._("Import into a Pool")}

    def _check_admin(self):
        if not self.pool_id._is_admin():
            raise AccessError(self.env._("Only administrators of the pool import into it."))

    # ------------------------------------------------------------------
    # Reading and judging
    # ------------------------------------------------------------------

    def _rows(self):
        """Return ``[(row number, {role: text})]`` of the file.

        :raise UserError: if it cannot be read, has no names or too many rows
        """
        return self._file_rows(
            base64.b64decode(self.file), ['name'], lambda row: (row.line, {role: row.text(role) for role in row.table.places}),
            places=recognise, most=MOST_ROWS)

    def _file_error_text(self, error):
        if error.code == 'columns':
            return self.env._("There is no column with the name of the customer. Call it “Name” in the first row.")
        return super()._file_error_text(error)

    def _judged(self, rows):
        """Return the values of the lines of the rows."""
        row_keys = [keys(*(row.get(role) for role in ('name', 'phone', 'email', 'vat'))) for _number, row in rows]
        known, seen, found = self._known(set().union(*row_keys) if row_keys else set()), {}, []
        countries = self._countries()
        for (number, row), own in zip(rows, row_keys, strict=True):
            vals = {name: row.get(name) for name in LINE_FIELDS} | {
                'number': number, 'country_id': countries.get((row.get('country') or '').lower())}
            partner = next((known[key] for key in sorted(own) if key in known), None)
            if not row.get('name'):
                vals['state'] = 'nameless'
            elif any(key in seen for key in own):
                vals.update(state='twice', twin=next(seen[key] for key in sorted(own) if key in seen))
            elif partner:
                state = 'pooled' if partner.crm_pool_id else 'owned' if partner.user_id else 'free'
                vals.update(partner_id=partner.id, state=state)
            else:
                vals['state'] = 'new'
            seen.update(dict.fromkeys(own - set(seen), number))
            found.append(vals)
        return found

    def _countries(self):
        countries = {}
        for country in self.env['res.country'].search([('code', '!=', False)]):
            countries[country.name.lower()] = countries[country.code.lower()] = country.id
        return countries

    def _known(self, wanted):
        """Return ``{key: customer}`` of the keys that contacts of the company, or of none, have. One statement."""
        values = {kind: [value for its_kind, value in wanted if its_kind == kind] for kind in ('name', 'phone', 'email', 'vat')}
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """SELECT commercial_partner_id, name, phone, email, vat FROM res_partner
                WHERE active AND (company_id IS NULL OR company_id = %(company)s)
                  AND (RIGHT(regexp_replace(phone, '\\D', '', 'g'), 9) = ANY(%(phone)s) OR LOWER(TRIM(email)) = ANY(%(email)s)
                       OR UPPER(regexp_replace(vat, '[^[:alnum:]]', '', 'g')) = ANY(%(vat)s)
                       OR (id = commercial_partner_id
                           AND LEFT(regexp_replace(LOWER(name), '[^[:alnum:]]', '', 'g'), 3) = ANY(%(start)s)))""",
            company=self.pool_id.company_id.id, phone=values['phone'], email=values['email'], vat=values['vat'],
            start=list({name[:3] for name in values['name']})))
        partners, known = self.env['res.partner'].sudo(), {}   # who owns a customer is what an administrator is told
        for partner_id, *texts in sorted(rows, key=str):
            for key in keys(*texts) & wanted:
                known.setdefault(key, partners.browse(partner_id))
        return known


class CrmPoolImportLine(models.TransientModel):
    _name = 'crm.pool.import.line'
    _description = "Row to Import into a Pool"
    _order = 'number, id'

    import_id = fields.Many2one('crm.pool.import', required=True, ondelete='cascade', index=True)
    number = fields.Integer("Row", aggregator=None)
    state = fields.Selection([
        ('new', "New"), ('free', "Known, nobody's: goes to the pool"), ('owned', "Known, has an owner: left alone"),
        ('pooled', "In a pool already"), ('twice', "Twice in the file"), ('nameless', "Without a name"),
    ], required=True)
    twin = fields.Integer("Same as Row", aggregator=None)
    partner_id = fields.Many2one('res.partner', "Known As")
    owner_id = fields.Many2one(related='partner_id.user_id', string="Salesperson")
    name = fields.Char()
    phone = fields.Char()
    email = fields.Char()
    vat = fields.Char("Tax ID")
    website = fields.Char()
    street = fields.Char()
    zip = fields.Char()
    city = fields.Char()
    country_id = fields.Many2one('res.country')
    comment = fields.Char()
