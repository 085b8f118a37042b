"""What a customer's page shows of this app: how many complaints are open."""

from core.contributions import CustomerPanel

PANELS = (
    CustomerPanel(
        "open_complaints",
        "figures",
        "feedback/panels/open_complaints.html",
        55,
        permission="complaint.view",
        draw=lambda user, customer, found: customer.facts.open_complaints,
        gives_way=True,
    ),
)
