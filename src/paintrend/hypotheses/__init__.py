"""Questions asked of a cohort, a file for each; what they have in common is in `paintrend.pooling`.

`shares` and `standardised`: how common each course is, as it is and with the covariates of all;
`survival` and `event_shares`: days to a lasting change, shares with it by each day; `responders`;
`arms`: compared in an outcome, adjusted for the start; `dropout` and `leaving`: who is lost, and
what if that depends on the curve; `unscheduled` and `schedules`: ratings off plan; `multiplicity`:
many questions; `specifications`: many choices; `study_size`: planning. Early signs and their null
worlds are in `paintrend.nulls`, events and their strategies in `paintrend.estimands`.
"""
