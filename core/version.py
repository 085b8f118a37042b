"""The version of Keben, here alone; CHANGELOG.md tells what came with it."""

VERSION = "0.1.0"
