"""What other rules of tiers would do, before they are published: who would move, and what that means."""
