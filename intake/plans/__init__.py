"""Action plans, their five-stage calendar, and the figures that others published about them.

Begin reading at `queries` (what a plan is made of) and `services` (rescheduling).
"""
