"""X.509 certificates: DER read element by element, and the fields that Go gives them."""
