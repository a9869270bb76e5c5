"""The Admin portal: one file a subject; importing them fills the site."""
