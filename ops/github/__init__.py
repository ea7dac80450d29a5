"""Comments on pull requests, and issues, through GitHub's API.

PyGithub is imported by `repository` alone, and only where somebody asks for GitHub: every other command runs
without it.
"""
