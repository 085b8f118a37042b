"""core/charts.py for templates: {% load charts %}. Views usually prepare the numbers and the title; tags only draw."""

from django import template

from ui import charts

register = template.Library()

for _chart in (
    charts.spark,
    charts.mini_bars,
    charts.segments,
    charts.ring,
    charts.countdown,
    charts.columns,
    charts.stack,
    charts.sankey,
    charts.curve,
    charts.lines,
    charts.number_line,
    charts.gantt,
):
    register.simple_tag(_chart)

register.filter("wash", charts.wash)
