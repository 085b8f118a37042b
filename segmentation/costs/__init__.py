"""What customers cost and what they bring: cost entries, upkeep against margin, who is served too much or little."""
