"""The words of a loss: what was lost, in which phase of the business with a customer."""

KINDS = [
    ('lead', "Lead Lost"),                    # a lead was given up before it became an opportunity
    ('opportunity', "Opportunity Lost"),
    ('unanswered', "Never Answered"),         # somebody asked and none of us followed up
    ('silent', "Gone Silent"),                # a buyer beyond its own rhythm
    ('contract', "Contract Ended"),           # terminated, cancelled or not renewed
    ('leave', "Left Us"),                     # the customer said so
]
PHASES = [
    ('visitor', "Visitor"),                   # before the sale: asked, and was not known
    ('lead', "Lead"),                         # before the sale: known, not qualified
    ('sale', "Sale"),                         # in the sale: an opportunity in some stage
    ('execution', "Execution"),               # signed, and not all of it delivered
    ('use', "Use"),                           # delivered: buys again or not
    ('service', "Service"),                   # left while we owed an answer or a repair
]
# what loses a customer, not only a chance
CUSTOMER_KINDS = ('silent', 'contract', 'leave')
# phases in which a customer is lost, not only a chance
CUSTOMER_PHASES = ('execution', 'use', 'service')
AREAS = [                                     # what one would have to work on
    ('product', "Product"), ('price', "Price"), ('service', "Service"), ('people', "People"), ('customer', "Customer's own"),
    ('competition', "Competition"), ('other', "Other"),
]
