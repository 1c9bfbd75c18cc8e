"""What is learned from: features of tasks and pairs beside measured gains."""
