"""The question whose answer would change a customer's list most."""
