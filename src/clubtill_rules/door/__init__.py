"""Door: admission, visits and birthdays. Rules R45-R52."""
