"""In which words does a reader see a text? English is the key, the catalogues hold what is worded otherwise."""

from bridge.locale.catalogues import CHINESE, ENGLISH, LANGUAGES, translate
from bridge.locale.faults import Located, UnfitError, fault, faults_in
from bridge.locale.phrases import Phrase, filled, name_of, plain, restored
from bridge.locale.readers import language_of_reader

__all__ = [
    "CHINESE",
    "ENGLISH",
    "LANGUAGES",
    "Located",
    "Phrase",
    "UnfitError",
    "fault",
    "faults_in",
    "filled",
    "language_of_reader",
    "name_of",
    "plain",
    "restored",
    "translate",
]
