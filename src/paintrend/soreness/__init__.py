"""What happens to pain in the days after a therapy session."""
