"""What the company's settings say of lifecycle stages and classes, as the pure modules take it."""

from __future__ import annotations

from segmentation.lifecycle import Limits
from segmentation.models import ScoringSettings


def limits_of(settings: ScoringSettings, window: int | None = None) -> Limits:
    """Of the stages. `window`: the days that count where they aren't those of the settings yet."""
    return Limits(
        settings.window_days if window is None else window,
        settings.loyal_days,
        settings.loyal_r,
        settings.dormant_days,
    )


def frequency_begins(settings: ScoringSettings) -> tuple[int, int]:
    """From how many purchase days on the classes high and mid begin."""
    return settings.frequency_high, settings.frequency_mid


def amount_shares(settings: ScoringSettings) -> tuple[int, int]:
    """Which shares of the revenue the classes large and mid bring, in thousandths."""
    return round(1000 * settings.amount_large), round(1000 * settings.amount_mid)
