"""What pages share: filters, cached access to a release, charts, sentences on screen, downloads."""
