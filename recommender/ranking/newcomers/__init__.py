"""Customers and products nobody knows yet, judged by those they resemble."""
