"""ui/charts.py for templates: {% load charts %}. Views usually prepare the numbers and the title; tags only draw."""

from django import template

from ui import charts

register = template.Library()

register.simple_tag(charts.spark)
register.simple_tag(charts.month_bars)
register.simple_tag(charts.month_ink)
register.simple_tag(charts.segments)
register.simple_tag(charts.countdown)
register.simple_tag(charts.columns)
register.simple_tag(charts.stack)
register.simple_tag(charts.sankey)
register.simple_tag(charts.lines)

register.filter("wash", charts.wash)
