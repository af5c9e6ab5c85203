"""Runs the reference of the descriptor and prints its arrays as JSON: descriptor.py SCRIPT FEATURES REFERENCES.txt LABELS.txt OUT.npz"""
import json
import subprocess
import sys

import numpy

script, features, references, labels, out = sys.argv[1:]
subprocess.run(
    [sys.executable, script, features, "--reference-indices", references, "--labels", labels, "--out", out],
    check=True,
    stdout=subprocess.DEVNULL,
)
arrays = numpy.load(out)
print(json.dumps({name: arrays[name].ravel().tolist() for name in arrays.files}))
