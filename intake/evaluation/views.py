"""Pages of evaluation. Each group of pages stands in a module of its own and attaches itself to the blueprint."""

from intake.evaluation import views_assign, views_desk, views_record, views_results, views_rounds, views_rubric
from intake.evaluation.blueprint import bp

__all__ = ["bp", "views_assign", "views_desk", "views_record", "views_results", "views_rounds", "views_rubric"]
