"""The search of the study that this program carries out (arXiv 2603.13584): phrases, fields, dates, one citation."""

from datetime import date

from ptmreuse.collecting.query import Query

PHRASES = (
    "Deep Learning", "Deep Neural Network", "Hugging Face", "Model Checkpoint", "Model Weights", "Pre-Trained Model",
)  # fmt: skip

# OpenAlex's ids of the eight natural-science fields.
FIELDS = {
    11: "Agricultural and Biological Sciences",
    13: "Biochemistry, Genetics and Molecular Biology",
    16: "Chemistry",
    19: "Earth and Planetary Sciences",
    23: "Environmental Science",
    24: "Immunology and Microbiology",
    28: "Neuroscience",
    31: "Physics and Astronomy",
}

STUDY = Query(
    " OR ".join(f'"{phrase}"' for phrase in PHRASES), date(2000, 1, 1), date(2025, 12, 10), tuple(FIELDS), citations=1
)
