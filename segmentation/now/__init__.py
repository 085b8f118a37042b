"""One customer's score as of now, beside the published one: reckoned when somebody asks, stored nowhere."""
