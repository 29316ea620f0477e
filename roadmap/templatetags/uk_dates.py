"""Dates and times as GOV.UK writes them, in templates."""

from django import template

from roadmap.dates.clock import uk_date, uk_datetime, uk_time

register = template.Library()
register.filter(uk_date)
register.filter(uk_time)
register.filter(uk_datetime)
