"""What a text says of the purpose of a study or of a model in it: words for each step of science, for stage 5 alone."""

import re

from ptmreuse.embedded.items import Features, count

_WORDS = {
    # Nature as it is found, against what the authors did to it.
    "nature": r"""field surveys? surveyed monitor\w* census wild satellites? sentinel landsat modis aerial uav drones?
        forests? stands? trees? crowns? catchments? plots? reefs? corals? birds? winters? seasons? coast\w* oceans?
        sea lakes? rivers? galax\w+ stars? lunar craters? sky catalogue clouds? glaciers? archives? genomes?
        metagenom\w* species habitats? populations? migrat\w+ nests? colony colonies wetlands? soils? regions? global
        observ\w+ vegetation canopy land recordings?""",
    "treatment": r"""mice mouse rats? cultur\w+ treat\w+ stimulat\w+ transfect\w+ knock\w* mutants? wild.type
        experiment\w* inject\w+ patients? participants? volunteers? trials? stress synchrotron in.vitro in.vivo cells?
        neurons? zebrafish drosophila larva\w* seedlings? expos\w+ deprivation lesion\w* optogenet\w+ stain\w+
        assay\w* purif\w+ doses? drugs? controls? imaged recorded""",
    "method": r"""deep.learning machine.learning networks? neural automat\w+ methods? framework approach pipeline
        models? modelling modeling predict\w+ classif\w+ detect\w+ recogni\w+ segment\w+ accura\w+ benchmark\w*
        datasets? algorithms? tools? ai artificial.intelligence transformers? language train\w* outperform\w* f1 auc
        auroc dice recall precision""",
    "measured": r"""density maps? docked rigid refine\w* coot phenix restraints? molecular.replacement cryo.?em
        crystal\w* diffraction nmr saxs xl.?ms cross.?link\w* hdx""",
    "proposal": r"""suggest\w* hypothes\w+ candidates? mutants? mutat\w+ interfaces? propos\w+ design\w* generat\w+
        screen\w* rank\w* hits? shortlist\w* narrow\w* synthesi[sz]ed selected prioriti\w+ nominat\w+ chosen""",
    "discovery": r"""discover\w* drugs? inhibitors? binders? repurpos\w* virtual.screen\w* de.novo.design lead
        generative inverse candidates? targets?""",
    "verdict": r"""simulat\w+ molecular.dynamics md support\w* reject\w* rule[sd]?.out test(?:ed|s)? confirm\w*
        validat\w+ consisten\w+ baselines? compar\w+ outperform\w* hindcasts?""",
    "reading": r"""literature articles? abstracts? papers pubmed records screening.of text sentences corpus documents
        reading systematic.map""",
    "picture": r"""cartoon drawing drawn sketch schematic orientation illustrat\w+ painted traced colou?red backdrop
        graphical only.to merely for.display""",
    "report": r"""draft\w* summar\w+ factsheets? decision wording plain.language""",
}
_PATTERNS = {name: re.compile(rf"\b(?:{'|'.join(words.split())})\b", re.IGNORECASE) for name, words in _WORDS.items()}
NAMES = tuple(_PATTERNS)


def told(text: str, prefix: str) -> Features:
    """1 for each purpose of which the text has a word, under a prefix."""
    return {f"{prefix}{name}": 1.0 for name, pattern in _PATTERNS.items() if pattern.search(text)}


def counted(text: str, prefix: str) -> Features:
    """How much the text says of each purpose, under a prefix: half the logarithm of one more than its words."""
    return {f"{prefix}{name}": count(len(pattern.findall(text))) / 2 for name, pattern in _PATTERNS.items()}
