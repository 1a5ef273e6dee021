"""What an answer to an extension point must keep, whichever addon gives it. Combine a contract with ``GradingCommon``, name
your declarations and feed it::

    @tagged('post_install', '-at_install')
    class TestMyTimeline(TimelineContractCase, GradingCommon):
        timeline_kinds = ('ticket',)

        def _happen(self, kind, partner, company):
            return self.env['crm.ticket'].create({'partner_id': partner.id, 'company_id': company.id, ...})
"""
import json

from odoo.tools import json_default


class TimelineContractCase:
    """Contract of ``_timeline_<kind>``.

    ``company_neutral`` names kinds whose records belong to no company; ``public`` kinds that an employee without any right
    here may read all the same.
    """
    allow_inherited_tests_method = True  # Odoo's own test runner skips inherited tests otherwise
    timeline_kinds = ()
    company_neutral = frozenset()
    public = frozenset()

    def _happen(self, kind, partner, company):
        """Create a record of the kind for a contact in a company, dated before now, and return it."""
        raise NotImplementedError

    def _timeline_reader(self, kind):
        """Return a user who may read the records of the kind in both companies."""
        return self.manager

    def _timeline(self, kind, partner, user=None, company=None, **kwargs):
        env = self._as(user or self._timeline_reader(kind), company or self.company)
        return env['crm.timeline'].get_timeline(partner.id, kinds=[kind], **kwargs)['items']

    def test_contract_timeline_customer(self):
        """A thing that happened to a customer or to one of its people is on its timeline, and on no other's."""
        for kind in self.timeline_kinds:
            with self.subTest(kind=kind):
                customer, other = self._customers(2, name=f"Timeline {kind}")
                person = self.env['res.partner'].create({'name': "Person", 'parent_id': customer.id})
                self.assertFalse(self._timeline(kind, customer))
                records = [self._happen(kind, partner, self.company) for partner in (customer, person)]
                items = self._timeline(kind, customer)
                self.assertEqual({item['key'] for item in items}, {f'{kind}-{record.id}' for record in records})
                self.assertEqual(items, self._timeline(kind, person), "A person's timeline is the customer's.")
                self.assertFalse(self._timeline(kind, other))

    def test_contract_timeline_item(self):
        """An item can be shown and opened."""
        for kind in self.timeline_kinds:
            with self.subTest(kind=kind):
                customer = self._customers(name=f"Timeline {kind}")
                self._happen(kind, customer, self.company)
                item = self._timeline(kind, customer)[0]
                json.dumps(item)
                self.assertTrue(item['title'])
                self.assertLessEqual(item['date'], str(self.TODAY))
                self.assertIn(item['direction'], ('in', 'out', False))
                self.assertTrue(self.env[item['res_model']].browse(item['res_id']).exists())

    def test_contract_timeline_company(self):
        """What happened in another company is not told."""
        for kind in self.timeline_kinds:
            if kind in self.company_neutral:
                continue
            with self.subTest(kind=kind):
                customer = self._customers(name=f"Timeline {kind}")
                self._happen(kind, customer, self.company_usd)
                self.assertFalse(self._timeline(kind, customer, company=self.company))
                self.assertTrue(self._timeline(kind, customer, company=self.company_usd))

    def test_contract_timeline_rights(self):
        """Who may not read the records is told nothing of them; amounts are for those who may see amounts."""
        for kind in self.timeline_kinds:
            with self.subTest(kind=kind):
                customer = self._customers(name=f"Timeline {kind}", user_id=self.rep.id)
                self._happen(kind, customer, self.company)
                if kind not in self.public:
                    self.assertFalse(self._timeline(kind, customer, user=self.employee))
                for item in self._timeline(kind, customer, user=self.rep):
                    self.assertIs(item['amount'], False)
                    self.assertIs(item['currency_id'], False)

    def test_contract_timeline_queries(self):
        """The number of queries does not depend on how much happened."""
        for kind in self.timeline_kinds:
            with self.subTest(kind=kind):
                few, many = self._customers(2, name=f"Timeline {kind}")
                counts = []
                for customer, number in ((few, 2), (many, 8)):
                    for _number in range(number):
                        self._happen(kind, customer, self.company)
                    self._timeline(kind, customer)  # fill the caches that live longer than a request
                    self.env.flush_all()
                    self.env.invalidate_all()
                    before = self.env.cr.sql_log_count
                    self.assertEqual(len(self._timeline(kind, customer)), number)
                    counts.append(self.env.cr.sql_log_count - before)
                self.assertLessEqual(counts[1], counts[0] + 1)


class OwnershipContractCase:
    """Contract of ``_ownership_<x>``."""
    allow_inherited_tests_method = True
    ownership_keys = ()

    def _own(self, key, partner, user):
        """Create an open record of the key for a contact, owned by ``user``, and return it."""
        raise NotImplementedError

    def _close(self, key, record):
        """Bring the record into a state in which it stays with its owner; return False where there is none."""
        raise NotImplementedError

    def _owned(self, key, partners, user=None):
        records = self._as(self.manager)['crm.ownership']._records(partners, user)
        return records[key].ids if key in records else []

    def test_contract_ownership(self):
        """Open records move with their owner, those of others and of other customers stay."""
        for key in self.ownership_keys:
            with self.subTest(key=key):
                customer, other = self._customers(2, name=f"Owned {key}")
                person = self.env['res.partner'].create({'name': "Person", 'parent_id': customer.id})
                mine = self._own(key, person, self.rep)
                theirs = self._own(key, person, self.rep2)
                self._own(key, other, self.rep)
                self.assertEqual(self._owned(key, customer, self.rep), mine.ids)
                self.assertEqual(sorted(self._owned(key, customer)), sorted((mine + theirs).ids))
                self.assertEqual(self._owned(key, person, self.rep), mine.ids, "Any contact stands for the customer.")
                if self._close(key, mine) is not False:
                    self.assertFalse(self._owned(key, customer, self.rep))

    def test_contract_ownership_declaration(self):
        """The owner is a stored field to a user, so that records can be handed over."""
        declared = self.env['crm.ownership']._declared(self._customers())
        for key in self.ownership_keys:
            with self.subTest(key=key):
                field = self.env[declared[key].model]._fields[declared[key].owner]
                self.assertEqual((field.comodel_name, field.store), ('res.users', True))
                self.assertTrue(declared[key].label)


class TileContractCase:
    """Contract of ``_tile_<x>``."""
    allow_inherited_tests_method = True
    tile_keys = {}         # {key: place}
    amount_tiles = frozenset()   # keys of tiles that show a restricted amount

    def _fill(self, key, partner):
        """Create what the tile counts for a customer of ``rep``, once."""
        raise NotImplementedError

    def _tile(self, key, partner, user):
        customer = partner.id if self.tile_keys[key] == 'customer' else None
        tiles = self._as(user)['crm.tile'].get_tiles(self.tile_keys[key], customer)
        return next((tile for tile in tiles if tile['key'] == key), None)

    def test_contract_tile(self):
        """A tile counts one more after one more, and opens exactly the records that it counts."""
        for key in self.tile_keys:
            with self.subTest(key=key):
                partner = self._customers(name=f"Tile {key}", user_id=self.rep.id)
                before = self._tile(key, partner, self.manager)
                self._fill(key, partner)
                self.env.flush_all()
                tile = self._tile(key, partner, self.manager)
                json.dumps(tile, default=json_default)
                self.assertGreater(tile['value'], before['value'] if before else 0)
                action = tile['action']
                opened = self._as(self.manager)[action['res_model']].search_count(action['domain'])
                if tile['unit'] == 'count':
                    self.assertEqual(opened, tile['value'])
                self.assertTrue(opened)
                if tile['parts']:
                    self.assertEqual(sum(part['value'] for part in tile['parts']), tile['value'])

    def test_contract_tile_rights(self):
        """Nobody is stopped by a tile; restricted amounts are for those who may see amounts."""
        for key in self.tile_keys:
            with self.subTest(key=key):
                partner = self._customers(name=f"Tile {key}", user_id=self.rep.id)
                self._fill(key, partner)
                self.env.flush_all()
                self._tile(key, partner, self.employee)
                tile = self._tile(key, partner, self.rep)
                if key in self.amount_tiles:
                    self.assertTrue(tile is None or tile['unit'] != 'monetary')


class InterestContractCase:
    """Contract of whoever notes interests from its own documents."""
    allow_inherited_tests_method = True

    def _note_interest(self, partner):
        """Do what makes the addon note an interest of a contact; return the source document."""
        raise NotImplementedError

    def test_contract_interest(self):
        """An interest belongs to the customer, names the person and leads back to its source."""
        customer = self._customers(name="Interested")
        person = self.env['res.partner'].create({'name': "Person", 'parent_id': customer.id})
        source = self._note_interest(person)
        interest = self.env['crm.interest'].search([('partner_id', '=', customer.id)])
        self.assertEqual(len(interest), 1)
        self.assertEqual(interest.contact_id, person)
        self.assertEqual((interest.res_model, interest.res_id), (source._name, source.id))
        self.assertEqual(interest.action_open_source()['res_id'], source.id)
        self.assertTrue(interest.display_name)
