"""What a web shop puts into its pages."""
