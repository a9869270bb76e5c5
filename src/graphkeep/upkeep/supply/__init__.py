"""Supply chain: software inventory (SBOM), vulnerability advisories and the offline bundle."""
