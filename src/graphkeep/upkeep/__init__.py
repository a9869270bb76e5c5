"""Looking after a server: doctor, presets, backup, firewall."""
