"""Server-side request forgery: no setting, link or name leads a connector to where it must not go."""
