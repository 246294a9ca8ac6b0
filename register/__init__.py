"""Priorities, actions and panel reviews: their events, their rules, their store."""
