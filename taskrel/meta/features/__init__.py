"""What is known of tasks and pairs before they are trained together: features, by name."""
