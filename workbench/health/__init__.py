"""Whether everything runs: nights, mail, clocks, metrics for a monitor."""
