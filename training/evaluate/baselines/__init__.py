"""What BLUE is compared with: methods that read the same histories and score the same items."""
