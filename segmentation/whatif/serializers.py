"""What the API says of a preview."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from segmentation.models import RulePreview, ScoreRun
from segmentation.whatif.figures import Figures
from segmentation.whatif.preview import Preview


class MovesSerializer(serializers.Serializer):
    """Customers who have one tier and would have another, or the same; net sales in minor units."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """With a field that Python has no name for."""
        names = {"from": serializers.CharField(), "to": serializers.CharField()}
        return {**names, "customers": serializers.IntegerField(), "net_sales": serializers.IntegerField()}


class WorkSerializer(serializers.Serializer):
    """Follow-ups a week that the default plans ask of an owner, now and then."""

    owner = serializers.IntegerField()
    moved = serializers.IntegerField()
    now = serializers.FloatField()
    then = serializers.FloatField()


class MonthSerializer(serializers.Serializer):
    """Customers by tier at a month end; `then` is null where history doesn't keep what the rules look at."""

    as_of = serializers.DateField()
    now = serializers.DictField(child=serializers.IntegerField())
    then = serializers.DictField(child=serializers.IntegerField(), allow_null=True)


class PreviewSerializer(serializers.Serializer):
    """What the coming night would do by these rules; of the customers that the sender may see."""

    as_of = serializers.DateField()
    rated = serializers.IntegerField()
    moved = serializers.IntegerField()
    up = serializers.IntegerField()
    down = serializers.IntegerField()
    high_value_gained = serializers.IntegerField()
    high_value_lost = serializers.IntegerField()
    net_sales_moved = serializers.IntegerField()
    moves = MovesSerializer(many=True)
    work = WorkSerializer(many=True)
    months = MonthSerializer(many=True)


class WaitingSerializer(serializers.Serializer):
    """A worker reckons it: ask the same again until the answer is 200."""

    done = serializers.IntegerField()
    of = serializers.IntegerField()


def told(run: ScoreRun, preview: Preview, figures: Figures) -> dict[str, Any]:
    """The figures as the API gives them."""
    return {
        "as_of": run.as_of.isoformat(),
        "rated": preview.rated,
        "moved": preview.moved[0],
        "up": preview.up[0],
        "down": preview.down[0],
        "high_value_gained": preview.gained[0],
        "high_value_lost": preview.lost[0],
        "net_sales_moved": preview.moved[1],
        "moves": [
            {"from": flow.was, "to": flow.becomes, "customers": flow.customers, "net_sales": flow.net}
            for flow in sorted(figures.flows, key=lambda flow: (flow.was, flow.becomes))
        ],
        "work": [
            {"owner": load.owner, "moved": load.moved, "now": round(load.now, 2), "then": round(load.then, 2)}
            for load in sorted(figures.loads, key=lambda load: load.owner)
        ],
        "months": [
            {"as_of": month.on.isoformat(), "now": month.was, "then": month.becomes} for month in figures.months or ()
        ],
    }


def waiting(row: RulePreview) -> dict[str, int]:
    """How far the worker is."""
    return {"done": row.done, "of": row.of}
