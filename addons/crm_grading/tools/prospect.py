"""How those who have not bought yet are graded to begin with: who they are (profile) and what they do (behaviour)."""

# metric code, weight, value for 0 points, value for 100 points
PROSPECT_DIMENSIONS = (
    ('completeness', 2.0, 0.0, 100.0),
    ('touch_count', 3.0, 0.0, 10.0),
    ('last_contact', 2.0, 90.0, 0.0),
    ('opportunity_open', 3.0, 0.0, 1.0),
)
LEAD_DIMENSIONS = (
    ('lead_probability', 4.0, 0.0, 100.0),
    ('lead_completeness', 2.0, 0.0, 100.0),
    ('lead_touch_count', 3.0, 0.0, 5.0),
    ('lead_age', 1.0, 90.0, 0.0),
)
# tier, lowest score
TIERS = (('hot', 60.0), ('warm', 30.0), ('cold', 0.0))
