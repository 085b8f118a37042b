"""Files that people bring along: what is taken, where it lies, how much there may be. What row a file hangs on, and who
may see it, is for the apps (core.contributions.FileHolder)."""
