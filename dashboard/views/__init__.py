"""The pages of the dashboard: each draws one version of what is published."""
