"""Messages to customers: templates, sending, messages of the plan, and the page of who reads them."""
