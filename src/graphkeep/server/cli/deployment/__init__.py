"""Commands that set up the machine: folders, TLS, network, image, upgrade."""
