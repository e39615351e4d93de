"""What people look at: charts of the published marts, shared by the dashboard and the report."""
