"""What Django's own formats write with a needless zero: 04月5日."""

MONTH_DAY_FORMAT = "n月j日"
