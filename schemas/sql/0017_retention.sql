-- SPDX-License-Identifier: Apache-2.0
-- What leaves a projection, and what is never let in again. Horizons only ever move forward: an event
-- that is not younger than the horizon of its job, and whose job has no row, is ignored.

-- The most particular line holds: organisation and type, organisation, type, all. Empty: every other.
CREATE TABLE jobtrail_p1.horizon (
    ended_before    timestamptz, -- jobs that ended by then, and of which nothing was heard since; null: none
    of_organization text COLLATE "C" NOT NULL,
    of_type         text COLLATE "C" NOT NULL,
    PRIMARY KEY (of_organization, of_type)
);
SELECT jobtrail.protect('jobtrail_p1.horizon');

-- By what events are judged: raised with each change of a horizon, and with each member who is erased.
-- Whoever judged by an earlier version commits nothing. No row: version 0.
CREATE TABLE jobtrail_p1.rules (
    only_one   boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    version    bigint NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);
SELECT jobtrail.protect('jobtrail_p1.rules');

-- Members whose name was erased, as a salted digest of organisation and member: by it their events are
-- known when the log is read again. It says nothing of which jobs were theirs, and goes in time.
CREATE TABLE jobtrail.erased_member (
    erased_at  timestamptz NOT NULL, -- events that occurred later are not theirs any more
    known_till timestamptz NOT NULL, -- then it is forgotten
    salt       bytea NOT NULL,
    digest     bytea NOT NULL,
    PRIMARY KEY (digest)
);
SELECT jobtrail.protect('jobtrail.erased_member');

-- One thread of all processes lets jobs leave, by a lock like the relay's (0013).
CREATE TABLE jobtrail.retention_lock (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    pid      integer NOT NULL,
    token    bigint NOT NULL
);
SELECT jobtrail.protect('jobtrail.retention_lock');

COMMENT ON COLUMN jobtrail.job.creator_disputed IS 'Creations differ in their creator, or their creator was erased: nobody may cancel it.';

SELECT jobtrail.admit_reader();
