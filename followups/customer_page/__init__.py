"""What a customer's page shows of follow-ups: the plan, the relation, what came and what is ahead."""
