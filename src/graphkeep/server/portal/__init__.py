"""The Admin portal: one module per subject; importing a module registers its pages."""
