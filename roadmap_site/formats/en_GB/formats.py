"""As GOV.UK writes them: 24 March 2026, 6:55am. Django's own way is "24 Mar 2026, 6:55 a.m.".

No format can say "midday": what may be a time of day is shown by `uk_datetime` of roadmap.dates.clock.
"""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "fa"  # "6:55am": `a` is "a.m.", which roadmap_site/locale has in ours
DATETIME_FORMAT = r"j F Y \a\t fa"
SHORT_DATE_FORMAT = "j F Y"
SHORT_DATETIME_FORMAT = r"j F Y \a\t fa"
