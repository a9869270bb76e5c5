"""Server maintenance: doctor, presets, backup, firewall."""
