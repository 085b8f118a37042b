"""One field of a customer's file, edited where it stands: on its page, in a list, and without script on a page."""
