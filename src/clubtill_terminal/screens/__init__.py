"""What staff see and touch: view model and view side by side.

A screen hands actions to a lane and knows no store and no device.
"""
