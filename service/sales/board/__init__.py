"""The board: customers by categories, actual against potential."""
