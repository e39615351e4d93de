"""Other ways to do the job, or a part of it: scripts that take a glob of files and print what they found as JSON."""
