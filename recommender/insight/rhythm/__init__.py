"""How regularly a customer buys, each product and at all, and what is late."""
