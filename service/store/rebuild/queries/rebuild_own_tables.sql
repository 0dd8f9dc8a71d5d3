-- SPDX-License-Identifier: Apache-2.0
-- What a rebuild notes in the schema that it fills, until the swap: whether it goes back to the
-- projection that was live before; whether the logs have all that the live one was made of; and the
-- jobs whose rows are not the same.
CREATE TABLE jobtrail_p2.rebuild (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    is_undo  boolean NOT NULL,
    is_whole boolean NOT NULL DEFAULT true
);
SELECT jobtrail.protect('jobtrail_p2.rebuild');
CREATE TABLE jobtrail_p2.differing (
    job_id          text COLLATE "C" NOT NULL,
    organization_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (job_id, organization_id)
);
SELECT jobtrail.protect('jobtrail_p2.differing');
