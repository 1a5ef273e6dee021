"""What may become of a contract, and who may bring it there: the decision table of its states."""

STATES = [
    ('draft', "Draft"), ('approval', "In Approval"), ('approved', "Approved"), ('signed', "Signed"), ('executing', "Executing"),
    ('suspended', "Suspended"), ('completed', "Completed"), ('terminated', "Terminated"), ('cancelled', "Cancelled"),
]
# What people do with a contract -> (the states it may be in, the state it gets, the roles that may do it).
# Roles: rep = whoever may write on the contract, manager = sales manager, finance = invoicing. What "approve" and "reject" take besides
# depends on the approvers of the contract's type.
TRANSITIONS = {
    'submit': ({'draft'}, 'approval', {'rep', 'manager'}),
    'approve': ({'approval'}, 'approved', {'rep', 'manager', 'finance'}),
    'reject': ({'approval'}, 'draft', {'rep', 'manager', 'finance'}),
    'sign': ({'approved'}, 'signed', {'rep', 'manager'}),
    'start': ({'signed'}, 'executing', {'rep', 'manager'}),
    'suspend': ({'signed', 'executing'}, 'suspended', {'manager', 'finance'}),
    'resume': ({'suspended'}, 'executing', {'manager', 'finance'}),
    'complete': ({'executing'}, 'completed', {'rep', 'manager', 'finance'}),
    'terminate': ({'signed', 'executing', 'suspended'}, 'terminated', {'manager'}),
    'cancel': ({'draft', 'approval', 'approved'}, 'cancelled', {'rep', 'manager'}),
    'reset': ({'approval', 'approved', 'cancelled'}, 'draft', {'rep', 'manager'}),
}
EDITABLE = ('draft',)                                          # its terms may be changed without an amendment
BINDING = ('signed', 'executing', 'suspended', 'completed')    # counts as contracted
RUNNING = ('signed', 'executing', 'suspended')                 # something is still to be done
SIGNED_EVER = (*BINDING, 'terminated')
REASONED = ('reject', 'suspend', 'terminate', 'cancel')        # are done with a reason given

# What was agreed: written in draft only, later by an amendment.
TERMS = frozenset({
    'title', 'type_id', 'partner_id', 'company_id', 'currency_id', 'manual_untaxed', 'manual_total', 'is_manual', 'clauses', 'date_start',
    'date_end', 'warranty_months', 'retention_percent', 'share_ids', 'party_ids',
})
# What a transition or the books write, and nobody by hand.
KEPT = frozenset({
    'name', 'state', 'date_signed', 'signed_by', 'signature', 'state_reason', 'date_completed', 'date_terminated', 'settlement_amount',
    'settlement_due', 'discount_percent', 'approvals_left', 'approval_ids', 'delivered_percent', 'accepted_percent', 'invoiced_amount',
    'collected_amount', 'invoiced_percent', 'collected_percent', 'overdue_amount', 'next_date', 'planned_percent', 'waived_amount',
    'date_warranty_end',
})


def target(transition, state):
    """Return the state that a contract gets, None where it may not.

    >>> target('sign', 'approved')
    'signed'
    >>> target('sign', 'draft') is None
    True
    """
    sources, result, _roles = TRANSITIONS[transition]
    return result if state in sources else None
