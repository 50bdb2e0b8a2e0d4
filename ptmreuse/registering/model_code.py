"""What MLflow runs to make the model again: models from code, so that nothing is pickled or unpickled."""

from mlflow.models import set_model

from ptmreuse.registering.paper_model import PaperModel

set_model(PaperModel())
