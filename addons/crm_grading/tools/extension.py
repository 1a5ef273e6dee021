"""The vocabulary of the extension points timeline, ownership and tile.

An addon answers an extension point by extending its abstract model with a method of the right prefix, which *declares* (it
returns one of the tuples below) and reads nothing itself. What is declared is then asked of the ORM with the rights of the
user, in a number of queries that depends on the number of declarations only.

    class CrmTimeline(models.AbstractModel):
        _inherit = 'crm.timeline'

        def _timeline_ticket(self, customer):
            return Happening(
                self.env._("Tickets"), 'fa-life-ring', 'crm.ticket', customer.of('partner_id'), 'create_date', title='name')
"""
from typing import Any, NamedTuple

from odoo.fields import Domain

AMOUNTS = 'crm_grading.group_customer_amounts'


class Customer(NamedTuple):
    """Whom a timeline is asked for."""
    partner: Any    # commercial res.partner
    contacts: Any   # res.partner: the customer itself and everybody below it, archived ones too
    company: Any    # res.company
    documents: dict   # {model: ids} of its documents with a chatter that the user may read

    def of(self, path):
        """Return the domain of the records whose ``path`` leads to the customer or one of its contacts."""
        return Domain(path, 'in', self.contacts.ids)


class Happening(NamedTuple):
    """A kind of dated thing that happened to a customer.

    Everything but ``domain`` and ``date`` is read by the ORM for the rows of one page, so it may name any field that the
    user may read, stored or not; ``title``, ``text`` and ``direction`` may also be a function of the record.
    """
    label: str                     # of the kind, translated, plural
    icon: str                      # Font Awesome class
    model: str
    domain: Domain                 # which records, the customer included; see :meth:`Customer.of`
    date: str                      # stored date or datetime field
    title: Any = 'display_name'
    text: Any = None               # a second line
    amount: str | None = None      # monetary field, shown to ``amount_groups`` only
    currency: str = 'currency_id'
    amount_groups: str = AMOUNTS
    direction: Any = None          # 'in' = the customer acted, 'out' = we did
    author: str | None = None      # field to a user or a contact
    group: str = 'other'           # for filters: contact, sales, money, service, status or other
    groups: str | None = None      # who may see the kind at all; None: whoever may read the records
    document: tuple | None = None  # fields (model, id) of the record to open; None: the record itself
    tone: str = 'secondary'        # Bootstrap colour of the icon
    bypass: bool = False           # the domain itself keeps to what the user may read (say why)


class Sighted(NamedTuple):
    """Documents on the timeline that name the competitors who were met at a customer."""
    label: str
    model: str
    domain: Domain           # which records count
    competitors: str         # field to contacts with the flag of a competitor
    partner: str             # field to the customer
    date: str                # stored day


class Owned(NamedTuple):
    """Open records that have an owner who changes when the customer's owner does."""
    label: str
    model: str
    domain: Domain           # open records of the customers
    owner: str = 'user_id'   # field of the owner
    close: Any = None        # function (records, reason) that ends them, for kinds that end where nobody looks after the customer


class Place(NamedTuple):
    """Where tiles are shown, and about whom."""
    name: str            # 'overview' (the page of that name) or 'customer'
    company: Any         # res.company
    customer: Customer | None = None


class Part(NamedTuple):
    """A share of a tile: one grade of "customers by grade"."""
    label: str
    value: Any
    domain: list
    color: int = 0


class Tile(NamedTuple):
    """A small figure with the records behind it."""
    label: str
    value: Any                     # None: nothing to show
    model: str | None = None       # the records behind it
    domain: Any = ()
    unit: str = 'count'            # count, monetary, percent, day, text
    icon: str = 'fa-circle-o'
    tone: str = 'secondary'        # Bootstrap colour: success, warning, danger, info …
    parts: tuple = ()              # of Part
    help: str = ''
    context: dict | None = None    # of the action
    sequence: int = 50
