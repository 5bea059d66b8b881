-- Fill an empty, migrated PostgreSQL database of the example project, to read plans and
-- times at size. About three minutes and 2 GB for:
--   psql -v users=1000000 -v acceptances=2 -f benchmarks/growth/fill.sql DATABASE
-- Per user: one session (of ten, six live, two ended, two over), one event, and the
-- acceptances of as many versions. User 1 has 10,000 more sessions, each of a device
-- of its own. Ids are UUIDv7, as ours are. Foreign keys are not checked: they are right.

SET session_replication_role = replica;
SET synchronous_commit = off;

CREATE OR REPLACE FUNCTION pg_temp.id_at(moment timestamptz, number bigint) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0')
          || '7' || lpad(to_hex(number >> 60 & 4095), 3, '0')
          || '8' || lpad(to_hex(number), 15, '0'))::uuid
$$;
CREATE TEMP TABLE people AS
  SELECT n, now() - interval '2 years' * (1 - n::float / :users) AS since,
         pg_temp.id_at(now() - interval '2 years' * (1 - n::float / :users), n) AS id
  FROM generate_series(1, :users) n;

INSERT INTO starterkit_users_user (id, created_at, updated_at, password, is_superuser,
    email, email_key, first_name, last_name, is_staff, is_active)
  SELECT id, since, since, '!' || n, false, 'user' || n || '@example.com',
         'user' || n || '@example.com', 'First' || n % 5000, 'Last' || n % 70000,
         n % 100000 = 0, n % 1000 <> 0
  FROM people;
INSERT INTO accounts_customer (user_id, company)
  SELECT id, 'Company ' || n % 50000 FROM people;

CREATE TEMP TABLE sign_ins AS
  SELECT id AS user_id, n, now() - interval '400 days' * (n % 1000) / 1000.0 AS at,
         'Device ' || n % 7 AS device, n % 10 AS kind FROM people
  UNION ALL
  SELECT (SELECT id FROM people WHERE n = 1), :users + m,
         now() - interval '29 days' * m / 10000.0, 'Device ' || m, 6
  FROM generate_series(1, 10000) m;
INSERT INTO starterkit_auth_session (id, created_at, updated_at, salt, generation,
    confirmed_generation, auth_hash, authenticated_at, transport, device_name, platform,
    app_version, user_agent, address, idle_expires_at, expires_at, last_seen_at,
    revoked_at, revoke_reason, user_id)
  SELECT pg_temp.id_at(at, n), at, at, decode(md5(n::text), 'hex'), 0, 0,
         repeat('0', 64), at, 'bearer', device, 'Linux', '', 'Benchmark/1.0',
         '192.0.2.0', CASE WHEN kind > 7 THEN at ELSE now() + interval '30 days' END,
         CASE WHEN kind > 7 THEN at ELSE now() + interval '90 days' END, at,
         CASE WHEN kind IN (6, 7) THEN at END,
         CASE WHEN kind IN (6, 7) THEN 'signed_out' ELSE '' END, user_id
  FROM sign_ins;
INSERT INTO starterkit_core_auditevent (id, created_at, action, actor_id, subject_type,
    subject_id, address, user_agent, request_id, facts)
  SELECT pg_temp.id_at(at, n), at,
         CASE WHEN n % 20 = 0 THEN 'terms.accepted' ELSE 'auth.signed_in' END,
         user_id, 'starterkit_users.User', user_id, '192.0.2.1', 'Benchmark/1.0', '', '{}'
  FROM sign_ins;
INSERT INTO starterkit_terms_document (id, created_at, updated_at, key, title, nature,
    mandatory, position)
  SELECT pg_temp.id_at(now() - interval '3 years', d), now(), now(), 'growth-' || d,
         'Growth ' || d, 'notice', false, d FROM generate_series(1, :acceptances) d;
INSERT INTO starterkit_terms_version (id, created_at, updated_at, number, label,
    change_summary, published_at, effective_at, document_id)
  SELECT id, now(), now(), 1, '1', '', now() - interval '3 years',
         now() - interval '3 years', id
  FROM starterkit_terms_document WHERE key LIKE 'growth-%';
INSERT INTO legal_acceptance (id, created_at, updated_at, actor_id, locale,
    content_hash, action, method, accepted_at, address, user_agent, platform,
    app_version, request_id, contracting_party, user_id, version_id)
  SELECT pg_temp.id_at(since, n * :acceptances + d), since, since, p.id, 'en',
         md5(d::text) || md5(d::text), 'accepted', 'sign_up', since, '192.0.2.1', '', '',
         '', '', '', CASE WHEN n % 10 <> 0 THEN p.id END, v.id
  FROM people p, generate_series(1, :acceptances) d, starterkit_terms_version v
  JOIN starterkit_terms_document ON document_id = starterkit_terms_document.id
  WHERE key = 'growth-' || d;

INSERT INTO starterkit_auth_emailaddress (id, created_at, updated_at, address, key, verified_at, provisional, user_id)
SELECT id, created_at, updated_at, email, email_key, CASE WHEN random() > 0.0001 THEN created_at END, false, id FROM starterkit_users_user;
INSERT INTO notes_note (id, created_at, updated_at, title, text, owner_id)
SELECT id, created_at, updated_at, 'Note', 'Text', id FROM starterkit_users_user LIMIT 100000;
ANALYZE;
