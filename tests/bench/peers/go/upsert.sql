-- SPDX-License-Identifier: Apache-2.0
-- Takes what one batch knows of each job into its row, whatever the order in which batches come: of the
-- creation what is known first, of the attempt what is furthest, and a row that would stay as it is
-- stays where it is.
INSERT INTO job AS j (created_at, started_at, finished_at, updated_at, message_at, attempt, status,
                      progress, cancellable, job_id, organization_id, type, creator_id, message,
                      error_code, error_detail, result_uri)
SELECT created_at, started_at, finished_at, updated_at, message_at, attempt, status, progress,
       cancellable, job_id, organization_id, type, creator_id, message, error_code, error_detail,
       result_uri
FROM incoming
ON CONFLICT (job_id, organization_id) DO UPDATE
SET created_at = coalesce(j.created_at, excluded.created_at),
    type = coalesce(j.type, excluded.type),
    creator_id = coalesce(j.creator_id, excluded.creator_id),
    cancellable = coalesce(j.cancellable, excluded.cancellable),
    updated_at = greatest(j.updated_at, excluded.updated_at),
    attempt = greatest(j.attempt, excluded.attempt),
    started_at = CASE WHEN excluded.attempt = j.attempt THEN least(j.started_at, excluded.started_at)
                      WHEN excluded.attempt > j.attempt THEN excluded.started_at
                      ELSE j.started_at END,
    finished_at = CASE WHEN excluded.attempt = j.attempt THEN coalesce(j.finished_at, excluded.finished_at)
                       WHEN excluded.attempt > j.attempt THEN excluded.finished_at
                       ELSE j.finished_at END,
    status = CASE WHEN excluded.attempt = j.attempt THEN greatest(j.status, excluded.status)
                  WHEN excluded.attempt > j.attempt THEN excluded.status
                  ELSE j.status END,
    progress = CASE WHEN excluded.attempt = j.attempt THEN greatest(j.progress, excluded.progress)
                    WHEN excluded.attempt > j.attempt THEN excluded.progress
                    ELSE j.progress END,
    error_code = CASE WHEN excluded.attempt = j.attempt THEN coalesce(j.error_code, excluded.error_code)
                      WHEN excluded.attempt > j.attempt THEN excluded.error_code
                      ELSE j.error_code END,
    error_detail = CASE WHEN excluded.attempt = j.attempt
                        THEN coalesce(j.error_detail, excluded.error_detail)
                        WHEN excluded.attempt > j.attempt THEN excluded.error_detail
                        ELSE j.error_detail END,
    result_uri = CASE WHEN excluded.attempt = j.attempt THEN coalesce(j.result_uri, excluded.result_uri)
                      WHEN excluded.attempt > j.attempt THEN excluded.result_uri
                      ELSE j.result_uri END,
    message = CASE WHEN excluded.message_at > j.message_at OR j.message_at IS NULL THEN excluded.message
                   ELSE j.message END,
    message_at = greatest(j.message_at, excluded.message_at)
WHERE excluded.updated_at > j.updated_at
   OR excluded.attempt > j.attempt
   OR excluded.created_at IS NOT NULL AND j.created_at IS NULL
   OR excluded.attempt = j.attempt
      AND (excluded.status > j.status OR excluded.started_at IS NOT NULL AND j.started_at IS NULL
           OR excluded.progress > j.progress OR excluded.progress IS NOT NULL AND j.progress IS NULL)
   OR excluded.message_at > j.message_at OR excluded.message_at IS NOT NULL AND j.message_at IS NULL
