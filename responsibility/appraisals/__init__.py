"""Appraisals: a sheet per person and period with figures as they were, agreed measures, and two signatures."""
