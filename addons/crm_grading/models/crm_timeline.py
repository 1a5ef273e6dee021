from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.extension import Customer

PREFIX = '_timeline_'


class CrmTimeline(models.AbstractModel):
    """What happened to a customer, over all departments, newest first.

    Extension point: a method ``_timeline_<kind>(customer)`` returns the :class:`~..tools.extension.Happening` of a kind (or
    None where it does not apply). All kinds are read by one query; what is shown of a page is read through the ORM.
    """
    _name = 'crm.timeline'
    _description = "Customer Timeline"

    # ------------------------------------------------------------------
    # Public API
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_timeline(self, partner_id, kinds=None, limit=20, offset=0):
        """Return a page of the timeline of a customer in the current company, newest first.

        Records that the user may not read do not appear; amounts only for members of the kind's ``amount_groups``.

        :param int partner_id: any contact of the customer
        :param kinds: keys of the kinds wanted; default: all
        :return: ``{'items': [...], 'has_more': bool, 'kinds': [{'key', 'label', 'icon', 'group'}],
            'groups': [{'key', 'label'}]}``; an item has kind, icon, tone,
            label, date and time (in the user's time zone; time False for whole days), title, text, author, direction,
            amount and currency_id (False if there is none or it may not be seen), res_model, res_id
        :raise AccessError: on a contact that the user may not read
        """
        customer = self._customer(self.env['res.partner'].browse(partner_id))
        happenings = self._happenings(customer)
        wanted = {key: happening for key, happening in happenings.items() if kinds is None or key in kinds}
        rows = self._page(wanted, max(1, min(int(limit), 200)) + 1, max(0, int(offset)))
        has_more = len(rows) > limit
        return {
            'items': self._items(wanted, rows[:limit]),
            'has_more': has_more,
            'kinds': [
                {'key': key, 'label': happening.label, 'icon': happening.icon, 'group': happening.group}
                for key, happening in happenings.items()],
            'groups': [
                {'key': key, 'label': label} for key, label in self._groups().items()
                if any(happening.group == key for happening in happenings.values())],
        }

    # ------------------------------------------------------------------
    # For those who declare kinds
    # ------------------------------------------------------------------

    @api.model
    def _groups(self):
        """Return the groups of kinds by which people filter, ``{key: label}``."""
        return {
            'contact': self.env._("Communication"), 'sales': self.env._("Sales"), 'money': self.env._("Money"),
            'service': self.env._("Service"), 'status': self.env._("Status"), 'other': self.env._("Other"),
        }

    @api.model
    def _threads(self):
        """Return the documents whose messages and activities belong to the customer: ``{model: path to the customer}``.

        An addon with a customer document that has a chatter adds it here.
        """
        return {
            'res.partner': 'id', 'crm.lead': 'partner_id', 'sale.order': 'partner_id', 'account.move': 'partner_id',
            'stock.picking': 'partner_id',
        }

    @api.model
    def _sighted(self):
        """Return the list of :class:`~..tools.extension.Sighted`: what on timelines names competitors.

        An addon whose documents do adds them here.
        """
        return []

    def _threads_domain(self, customer, model_field, id_field):
        """Return the domain of rows about documents of the customer that the user may read."""
        return Domain.OR(
            Domain(model_field, '=', model) & Domain(id_field, 'in', ids) for model, ids in customer.documents.items())

    def _documents(self, contacts, company):
        """Return the ids of the customer's documents that the user may read, ``{model: [ids]}``, by one query.

        As ids, not as sub-selects: only so are the messages and activities about them found by index.
        """
        customer = Customer(contacts, contacts, company, {})
        branches = []
        for name, path in self._threads().items():
            if name not in self.env or not self.env[name].has_access('read'):
                continue
            model = self.env[name].with_context(active_test=False)
            query = model._search(customer.of(path) & self._company_domain(model, company))
            branches.append(query.select(SQL("%s", name), SQL.identifier(query.table, 'id')))
        documents = {}
        if branches:
            for name, res_id in self.env.execute_query(SQL(" UNION ALL ").join(SQL("(%s)", branch) for branch in branches)):
                documents.setdefault(name, []).append(res_id)
        return documents

    def _id_domain(self, id_field, query):
        """Return the domain of rows whose plain integer ``id_field`` is in a query."""
        return Domain.custom(to_sql=lambda model, alias, _query: SQL(
            "%s IN %s", SQL.identifier(alias, id_field), query.subselect()))

    # ------------------------------------------------------------------
    # Engine
    # ------------------------------------------------------------------

    @api.model
    def _customer(self, partner):
        """Return the :class:`Customer` of any of its contacts."""
        partner.check_access('read')
        commercial = partner.commercial_partner_id
        contacts = commercial.with_context(active_test=False).search([('commercial_partner_id', '=', commercial.id)])
        contacts |= commercial
        return Customer(commercial, contacts, self.env.company, self._documents(contacts, self.env.company))

    @api.model
    def _happenings(self, customer):
        """Return ``{kind: Happening}`` of the kinds that the user may see, in the order of their declaration."""
        result = {}
        for name in self._kind_methods():
            happening = getattr(self, name)(customer)
            if happening and happening.model in self.env and self._may_see(happening):
                result[name.removeprefix(PREFIX)] = happening
        return result

    @api.model
    def _kind_methods(self):
        """Return the names of the declaring methods: core's in their order, then those of other addons."""
        names = {}
        for cls in reversed(type(self).mro()):
            names.update(dict.fromkeys(name for name in vars(cls) if name.startswith(PREFIX)))
        return list(names)

    def _may_see(self, happening):
        allowed = not happening.groups or self.env.su or self.env.user.has_groups(happening.groups)
        return allowed and (happening.bypass or self.env[happening.model].has_access('read'))

    def _company_domain(self, model, company):
        if 'company_id' not in model._fields or not model._fields['company_id'].store:
            return Domain.TRUE
        return Domain('company_id', 'in', [False, company.id])

    def _page(self, happenings, limit, offset):
        """Return ``(kind, id, local timestamp, is a whole day)`` of a page, from one query."""
        branches = [self._branch(key, happening, limit + offset) for key, happening in happenings.items()]
        if not branches:
            return []
        return self.env.execute_query(SQL(
            "SELECT * FROM (%s) AS happening ORDER BY moment DESC, kind, id DESC LIMIT %s OFFSET %s",
            SQL(" UNION ALL ").join(SQL("(%s)", branch) for branch in branches), limit, offset))

    def _branch(self, key, happening, limit):
        model = self.env[happening.model].with_context(active_test=False)
        field = model._fields[happening.date]
        domain = happening.domain & self._company_domain(model, self.env.company)
        domain &= Domain(happening.date, '<=', fields.Datetime.now() if field.type == 'datetime' else self._today())
        query = model._search(domain, bypass_access=happening.bypass)
        column = model._field_to_sql(query.table, happening.date, query)
        if field.type == 'datetime':
            moment = SQL("%s AT TIME ZONE 'UTC' AT TIME ZONE %s", column, self._tz())
        else:
            moment = SQL("%s::timestamp", column)
        query.order = SQL("%s DESC, %s DESC", column, SQL.identifier(query.table, 'id'))
        query.limit = limit
        return query.select(
            SQL("%s AS kind", key), SQL("%s AS id", SQL.identifier(query.table, 'id')), SQL("%s AS moment", moment),
            SQL("%s AS whole_day", field.type == 'date'))

    def _tz(self):
        return self.env.user.tz or self.env.company._crm_tz()

    def _today(self):
        return fields.Date.context_today(self.with_context(tz=self._tz()))

    def _items(self, happenings, rows):
        """Return the items of a page; records of a model are read together."""
        by_model = {}
        for kind, res_id, _moment, _whole_day in rows:
            by_model.setdefault((happenings[kind].model, happenings[kind].bypass), set()).add(res_id)
        prefetch = {
            (model, bypass): (self.env[model].sudo() if bypass else self.env[model]).browse(ids)._prefetch_ids
            for (model, bypass), ids in by_model.items()
        }
        items = []
        for kind, res_id, moment, whole_day in rows:
            happening = happenings[kind]
            model = self.env[happening.model]
            record = (model.sudo() if happening.bypass else model).browse(res_id).with_prefetch(
                prefetch[happening.model, happening.bypass])
            items.append(self._item(kind, happening, record, moment, whole_day))
        return items

    def _item(self, kind, happening, record, moment, whole_day):
        def read(source):
            value = source(record) if callable(source) else source and record[source]
            return value or False

        author = read(happening.author)
        amount, currency = self._amount(happening, record)
        document = [record[name] for name in happening.document] if happening.document else [record._name, record.id]
        return {
            'key': f"{kind}-{record.id}", 'kind': kind, 'label': happening.label, 'icon': happening.icon, 'tone': happening.tone,
            'date': fields.Date.to_string(moment.date()), 'time': False if whole_day else moment.strftime('%H:%M'),
            'title': read(happening.title), 'text': read(happening.text), 'direction': read(happening.direction),
            'author': author.sudo().display_name if author else False,  # the name of who did it, readable or not
            'amount': amount, 'currency_id': currency,
            'res_model': document[0], 'res_id': document[1],
        }

    def _amount(self, happening, record):
        visible = self.env.su or self.env.user.has_groups(happening.amount_groups)
        if not happening.amount or not visible:
            return False, False
        return record[happening.amount], record[happening.currency].id
