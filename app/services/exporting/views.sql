-- Who uses what, for what: a row for each library and purpose of a use case that claims use.
CREATE VIEW who_uses_what AS
SELECT
  teams.slug AS team, teams.name AS team_name, teams.organization,
  libraries.slug AS library, libraries.name AS library_name,
  usages.role, usages.version_range,
  purposes.slug AS purpose, purposes.name AS purpose_name,
  use_cases.slug AS use_case, use_cases.title, use_cases.status, use_cases.since, use_cases."until"
FROM use_cases
JOIN teams ON teams.slug = use_cases.team
JOIN use_case_usages AS usages ON usages.use_case = use_cases.slug
JOIN libraries ON libraries.slug = usages.library
LEFT JOIN use_case_purposes AS serves ON serves.use_case = use_cases.slug
LEFT JOIN purposes ON purposes.slug = serves.purpose
WHERE use_cases.stance = 'uses' AND use_cases.status <> 'retired';

-- How many use a library, the most used first.
CREATE VIEW most_used_libraries AS
SELECT
  library, library_name,
  count(DISTINCT team) AS teams, count(DISTINCT use_case) AS use_cases, count(DISTINCT purpose) AS purposes
FROM who_uses_what
GROUP BY library, library_name
ORDER BY teams DESC, use_cases DESC, library;

-- Who says so, and where.
CREATE VIEW who_says_so AS
SELECT
  use_cases.team, use_cases.slug AS use_case, use_cases.title,
  sources.slug AS source, sources.title AS source_title, sources.published_on, sources.url,
  evidence.section, evidence.line, evidence.kind, evidence.mentions, evidence.note
FROM use_case_evidence AS evidence
JOIN use_cases ON use_cases.slug = evidence.use_case
JOIN sources ON sources.slug = evidence.source;

-- Who uses what is no longer kept up, and what to move to.
CREATE VIEW to_be_replaced AS
SELECT DISTINCT
  used.team, used.team_name, teams.contact_url,
  used.library, used.library_name, libraries.lifecycle, libraries.lifecycle_on, libraries.replaced_by
FROM who_uses_what AS used
JOIN libraries ON libraries.slug = used.library
JOIN teams ON teams.slug = used.team
WHERE libraries.lifecycle IN ('deprecated', 'archived') OR libraries.replaced_by IS NOT NULL;
