-- A build that only reports its questions is not one to publish.
select 1 as reported
where {{ 'true' if var('questions') == 'report' else 'false' }}
