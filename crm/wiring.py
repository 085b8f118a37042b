"""Who handles which event, and which jobs run at night: the one table that joins the apps.

Events (published with core.events.publish, handled in the same transaction):

    customer_transferred  customer, from_user, to_user, by
    interaction_logged    interaction, by, next_step   next_step: choice of the log form or None
    interaction_undone    interaction, by           taken back within 10 minutes
    user_moved            user                    into another team
    user_zone_changed     user                    time zone of the profile
"""

from typing import Any

from accounts.models import User
from accounts.services.signin import RESET_KIND, reset_mail_text, reset_mail_wanted
from core import events, jobs, outbox
from crm import menu
from customers.services import customers_follow_team
from followups import night as follow_up_night
from followups import services as follow_ups
from followups.services.notices import day_mail_wanted
from followups.services.reminders import KIND as REMINDER_MAIL
from followups.services.reminders import reminder_wanted
from segmentation import night


def connect() -> None:
    """Register the event handlers and the menu; called once when the project starts."""
    menu.register()
    # In this order for each business date; the next one runs only when the one before is published.
    jobs.register(night.NIGHTLY, follow_up_night.NIGHTLY)
    events.subscribe("interaction_logged", follow_ups.interaction_answer)
    events.subscribe("interaction_undone", follow_ups.interaction_take_back)
    events.subscribe("customer_transferred", _plans_follow_the_owner)
    events.subscribe("user_moved", customers_follow_team)
    events.subscribe("user_zone_changed", follow_ups.user_zone_changed)
    outbox.gate_register(REMINDER_MAIL, reminder_wanted)
    outbox.gate_register("day", day_mail_wanted)
    outbox.gate_register(RESET_KIND, reset_mail_wanted)
    outbox.fill_register(RESET_KIND, reset_mail_text)


def _plans_follow_the_owner(*, customer: Any, from_user: User, to_user: User, by: User) -> None:
    follow_ups.follow_ups_hand_over(customer=customer, from_user=from_user, to_user=to_user, by=by)
    follow_ups.transfer_notice(customer=customer, to_user=to_user, by=by)
