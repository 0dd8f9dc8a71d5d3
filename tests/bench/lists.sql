-- SPDX-License-Identifier: Apache-2.0
-- Makes jobs :first to :last of :jobs, in the order of their creation, as they come: the last :open
-- of them all wait or run; the rest has ended. One in :share is of the organisation large, the
-- others of :others organisations, all of which sort behind UUIDs. What is packed is what
-- service/core/pack.h says, so that the projector can go on with these jobs. :now: seconds, the end
-- of it all.
SET synchronous_commit = off;
INSERT INTO jobtrail_p1.job (created_at, started_at, finished_at, updated_at, revision, attempt,
    status, progress, creator_disputed, cancellable, job_id, organization_id, type, creator_id,
    message, error_code, state, history)
SELECT created, started, finished, coalesce(finished, started, created), n, 1, status,
       CASE status WHEN 2 THEN 100 WHEN 0 THEN NULL ELSE n % 100 END, false, true,
       md5('job' || n)::uuid::text, organization, type, creator, message, code,
       '\x01' || CASE status WHEN 0 THEN '\x20' WHEN 1 THEN '\x21' ELSE '\x23' END::bytea || '\x03'
           || CASE status WHEN 0 THEN '\xff' ELSE substr(int2send((n % 100)::smallint), 2) END
           || CASE WHEN status > 1 THEN event || '\xffff' ELSE '' END || event || '\x0001',
       '\x0101' || int8send((extract(epoch FROM created) * 1000000)::bigint) || event
           || '\x00010001'
           || int2send(octet_length(message)::smallint) || convert_to(message, 'UTF8')
           || int2send(octet_length(type)::smallint) || convert_to(type, 'UTF8')
           || int2send(octet_length(creator)::smallint) || convert_to(creator, 'UTF8') || '\xffff'
           || CASE status WHEN 0 THEN '\x00'
              ELSE '\x01' || int8send((extract(epoch FROM started) * 1000000)::bigint) || event
                   || '\x00010100ffffffffffffffff' END
           || CASE WHEN status < 2 THEN '\x00'
              ELSE '\x01' || int8send((extract(epoch FROM finished) * 1000000)::bigint) || event
                   || '\x0001' || substr(int2send((status + 1)::smallint), 2) || '\x00ffffffffffff'
                   || CASE status WHEN 3 THEN int2send(octet_length(code)::smallint)
                                              || convert_to(code, 'UTF8')
                      ELSE '\xffff' END END
FROM (SELECT *, CASE status WHEN 0 THEN NULL ELSE created + interval '2 s' END AS started,
             CASE WHEN status > 1 THEN created + interval '2 s' + length END AS finished,
             CASE status WHEN 3 THEN 'E' || n % 9 END AS code
      FROM (SELECT n, to_timestamp(:now) - interval '2 h' - (:jobs - n) * interval '20 s'
                      + h % 3600 * interval '1 s' AS created,
                   (10 + h / 11 % 600) * interval '1 s' AS length,
                   (CASE WHEN n > :jobs - :open THEN h / 13 % 2
                         WHEN h / 13 % 100 < 90 THEN 2
                         WHEN h / 13 % 100 < 98 THEN 3 ELSE 4 END)::smallint AS status,
                   CASE WHEN n % :share = 0 THEN 'large' ELSE 'org-' || h / 17 % :others END
                       AS organization,
                   (ARRAY['Load', 'Analyze', 'Seed', 'Export', 'Tile', 'Index'])[1 + h % 6] AS type,
                   'member-' || h / 7 % 200 AS creator,
                   'step ' || n % 977 || ' of layer ' || md5(n::text) AS message,
                   decode(md5('event' || n), 'hex') AS event
            FROM (SELECT n, abs(hashint8(n)::bigint) AS h
                  FROM generate_series(:first::bigint, :last) AS n) AS hashed) AS drawn) AS made;
