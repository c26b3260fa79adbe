"""The fuzz targets over their corpus, without a fuzzer; and that what they look for is found."""

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.mql5.build import FOLDER, INCLUDE, build
from tests.mql5.fuzz.corpus import FOLDER as FUZZ
from tests.mql5.fuzz.corpus import Target, differences, keep, kept, replay, seeds
from tests.mql5.terminal import libzmq

pytestmark = pytest.mark.timeout(600)  # the first build of the runtime takes its time
