"""Ways out other than mail: each takes one message to one recipient, over HTTP, through core/outbound.py."""
