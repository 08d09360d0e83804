INSERT INTO account_state (bucket, club_id, account_id, ver, card_ver, avail_h, reserved_h, deficit_h, block, lots)
SELECT bucket_of('A' || i), 'bench', 'A' || i, 0, 0, 0, 0, 0, 'none', ''
FROM generate_series(0, :members - 1) AS i;

INSERT INTO member (bucket, club_id, person_id, account_id, number, classification, body)
SELECT bucket_of('A' || i), 'bench', 'P' || i, 'A' || i, i::text, i % 3 + 1, convert_to(json_build_object(
    'person_id', 'P' || i, 'account_id', 'A' || i, 'club_id', 'bench', 'number', i::text,
    'first_name', '', 'last_name', '', 'classification', i % 3 + 1)::text, 'UTF8')
FROM generate_series(0, :members - 1) AS i;

INSERT INTO personal (bucket, club_id, person_id, first_name, last_name, photo, note, ban_note, search, email, language,
    consents, mail_blocked)
SELECT bucket_of('A' || i), 'bench', 'P' || i, 'Jean', 'Member ' || i, '', '', '', '', '', '', '[]', ''
FROM generate_series(0, :members - 1) AS i;

-- Two or three sales a member, of three lines each: the sum is always in the member's own band.
INSERT INTO made_sale (bucket, event_id, club_id, person_id, account_id, trading_day)
SELECT bucket_of('A' || i), md5(n::text), 'bench', 'P' || i, 'A' || i,
    to_char(date '2026-01-01' + (n % 300)::int, 'YYYY-MM-DD')
FROM (SELECT n, (n * 7919) % :members AS i FROM generate_series(0::bigint, :sales - 1) AS n) AS s;

INSERT INTO made_line (bucket, event_id, n, product_id, spend_minor)
SELECT bucket_of('A' || i), md5(n::text), line, 'pale', (ARRAY[100, 1000, 2000])[i % 3 + 1]
FROM (SELECT n, (n * 7919) % :members AS i FROM generate_series(0::bigint, :sales - 1) AS n) AS s,
    generate_series(1, 3) AS line
