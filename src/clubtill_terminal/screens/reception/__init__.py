"""Reception: the verdict at the door, the head count, the history of the last ten."""
