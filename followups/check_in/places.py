"""Where customers are: how far from a position, and which of them are near."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Any, Protocol

from django.db.models import F, FloatField, Q, QuerySet, Value
from django.db.models.functions import Cos, Power, Radians, Sqrt

from accounts.models import User
from customers.models import Customer
from followups.models import Place

EARTH = 6_371_000.0  # its radius in metres
DEGREE = EARTH * radians(1)  # of latitude, in metres
NEAR = 5_000  # metres: customers further away aren't offered
MOST = 20
POLE = 0.01  # the least cosine of a latitude that is divided by: at the poles it is 0


@dataclass(frozen=True)
class Position:
    """Where a device says that it is, in degrees, and within how many metres."""

    latitude: float
    longitude: float
    accuracy: int


class Somewhere(Protocol):
    """Anything with a latitude and a longitude."""

    @property
    def latitude(self) -> float: ...

    @property
    def longitude(self) -> float: ...


def metres_between(one: Somewhere, other: Somewhere) -> float:
    """The distance of two points, by the same formula as `distance_from`."""
    east = radians(other.longitude - one.longitude) * cos(radians(one.latitude))
    return EARTH * hypot(radians(other.latitude - one.latitude), east)


def distance_from(position: Position, prefix: str = "") -> Any:
    """Metres to a place, in SQL: on a plane, which is exact to the metre over some kilometres."""
    latitude, longitude = F(f"{prefix}latitude"), F(f"{prefix}longitude")
    north = Radians(latitude - Value(position.latitude, FloatField()))
    across = Radians(longitude - Value(position.longitude, FloatField()))
    east = across * Cos(Radians(Value(position.latitude, FloatField())))
    return Value(EARTH) * Sqrt(Power(north, 2) + Power(east, 2), output_field=FloatField())


def box(position: Position, metres: float, prefix: str = "") -> Q:
    """Places in a square around it: what an index finds, before distances are reckoned."""
    north = metres / DEGREE
    east = north / max(cos(radians(position.latitude)), POLE)
    return Q(
        **{
            f"{prefix}latitude__range": (position.latitude - north, position.latitude + north),
            f"{prefix}longitude__range": (position.longitude - east, position.longitude + east),
        }
    )


def place_of(customer: Customer) -> Place:
    """The stored place of a customer in reach, or an empty one to begin with."""
    return Place.objects.filter(pk=customer.pk).first() or Place(customer=customer, version=0)


def customers_near(user: User, position: Position) -> QuerySet[Customer]:
    """The person's own customers whose place is known and near, the nearest first, with `metres`."""
    mine = Customer.objects.for_user(user, "interaction.add", own=True)
    found = mine.filter(box(position, NEAR, "where__")).annotate(metres=distance_from(position, "where__"))
    return found.filter(metres__lte=NEAR).order_by("metres", "pk")[:MOST]
