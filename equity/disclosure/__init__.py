"""Disclosure control: small counts are hidden, the rest rounded, and what is published gives no hidden one away."""
