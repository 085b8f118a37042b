"""What every app stands on and that knows no business: clock, jobs, outbox and mail, files, SQL, paging, versions."""
