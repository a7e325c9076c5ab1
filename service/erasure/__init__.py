"""All that is held about one customer: told in one document, or erased with a receipt."""
