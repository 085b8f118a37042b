"""Forms on which strangers register."""
