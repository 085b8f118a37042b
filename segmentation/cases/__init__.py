"""Churn warnings as cases that somebody works on: cause, plan, actions with cost, and what came of it."""
