"""Entry templates: forms for new customers as the company has them, in Settings, on the page and as empty files."""
