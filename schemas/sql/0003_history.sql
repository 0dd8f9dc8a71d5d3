-- SPDX-License-Identifier: Apache-2.0
-- Why a job is in its state: the packed history of a row, event by event.

-- Layout, version 1, all integers big-endian: a byte 1; then for each of creations, starts, ends
-- a byte with their number and the entries, best first. An entry: occurred_at in microseconds
-- since 1970 (8), event_id (16), attempt (2), kind (1), flags (1: bit 0 cancellable, bit 1 a
-- command), command_id (16, if flagged), and four texts (message, type, creator_id, error_code),
-- each a length (2; 65535: null) and its bytes. It unpacks, and decides nothing.
CREATE FUNCTION jobtrail.unpack_history(packed bytea)
RETURNS TABLE (set text, rank integer, kind text, event_id uuid, attempt integer,
               occurred_at timestamptz, message text, type text, creator_id text,
               cancellable boolean, error_code text, command_id uuid)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    names CONSTANT text[] := ARRAY['JobCreated', 'JobStarted', 'JobProgressed', 'JobSucceeded',
                                   'JobFailed', 'JobCancelled'];
    at integer := 1; -- of the next byte, counted from 0
    flags integer;
    size integer;
    texts text[];
BEGIN
    IF length(packed) = 0 OR get_byte(packed, 0) <> 1 THEN
        RAISE EXCEPTION 'a history is packed in a version that this schema does not know'
            USING HINT = 'run jobtrail migrate';
    END IF;
    FOREACH set IN ARRAY ARRAY['creation', 'start', 'end'] LOOP
        size := get_byte(packed, at);
        at := at + 1;
        FOR entry IN 0 .. size - 1 LOOP
            rank := entry;
            occurred_at := timestamptz 'epoch' + interval '1 microsecond' *
                ('x' || encode(substr(packed, at + 1, 8), 'hex'))::bit(64)::bigint;
            event_id := encode(substr(packed, at + 9, 16), 'hex')::uuid;
            attempt := get_byte(packed, at + 24) * 256 + get_byte(packed, at + 25);
            kind := names[get_byte(packed, at + 26) + 1];
            flags := get_byte(packed, at + 27);
            at := at + 28;
            cancellable := CASE WHEN kind = 'JobCreated' THEN flags & 1 = 1 END;
            command_id := NULL;
            IF flags & 2 = 2 THEN
                command_id := encode(substr(packed, at + 1, 16), 'hex')::uuid;
                at := at + 16;
            END IF;
            texts := '{}';
            FOR i IN 1 .. 4 LOOP
                DECLARE
                    bytes integer := get_byte(packed, at) * 256 + get_byte(packed, at + 1);
                BEGIN
                    at := at + 2;
                    IF bytes = 65535 THEN
                        texts[i] := NULL;
                    ELSE
                        texts[i] := convert_from(substr(packed, at + 1, bytes), 'UTF8');
                        at := at + bytes;
                    END IF;
                END;
            END LOOP;
            message := texts[1];
            type := texts[2];
            creator_id := texts[3];
            error_code := texts[4];
            RETURN NEXT;
        END LOOP;
    END LOOP;
END
$$;

-- rank 0 is the event that decides.
CREATE VIEW jobtrail.job_history WITH (security_invoker = true) AS
SELECT j.organization_id, j.job_id, h.set, h.rank, h.kind, h.event_id, h.attempt, h.occurred_at,
       h.message, h.type, h.creator_id, h.cancellable, h.error_code, h.command_id
FROM jobtrail_p1.job AS j, jobtrail.unpack_history(j.history) AS h;

SELECT jobtrail.admit_reader();
