from odoo import models


class CrmDocument(models.AbstractModel):
    """A document of a customer, such as a visit or a contract, that other addons may have something to do with.

    It does nothing by itself. An addon that has something for all such documents extends this model, with fields and methods, and shows
    it by extending ``_get_view``: so it reaches the documents of addons that it does not know. A document has a ``partner_id``.
    """
    _name = 'crm.document'
    _description = "Document of a Customer"
