"""What is odd but usable: warnings, each with numbers and examples."""
