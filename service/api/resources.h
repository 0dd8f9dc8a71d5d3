// SPDX-License-Identifier: Apache-2.0
// The handlers, one for each resource and method. When one is called, the visit's viewer is a
// member of the organisation in the path, and its ids are within the length that ids have.
#pragma once

#include "view/visit.h"

enum { CANCEL_REQUESTS_LISTED_MAX = 100 }; // of a job, the newest

visit_handler resource_landing, resource_conformance;                   // landing.c
visit_handler resource_api;                                             // definition.c
visit_handler resource_processes, resource_process, resource_execution; // processes.c
visit_handler resource_jobs;                                            // jobs.c
visit_handler resource_job_counts;                                      // job_counts.c
visit_handler resource_job_timeline;                                    // job_timeline.c
visit_handler resource_job, resource_results;                           // job.c
visit_handler resource_history;                                         // job_history.c
// cancel.c: POST answers with the request, DELETE with the job.
visit_handler resource_cancel;
visit_handler resource_stream;                                   // stream.c
visit_handler resource_cancel_requests, resource_cancel_request; // cancel_requests.c
