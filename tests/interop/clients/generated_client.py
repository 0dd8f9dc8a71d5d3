# SPDX-License-Identifier: Apache-2.0
"""A client that openapi-python-client generated, as the package jobtrail_api, asks the API:
generated_client.py URL TOKEN JOB. Prints what it saw as JSON."""
import json
import sys
import uuid

from jobtrail_api.api.cancelling import dismiss, get_cancel_request, request_cancel
from jobtrail_api.api.jobs import get_jobs, get_result, get_status
from jobtrail_api.api.service import get_api
from jobtrail_api.client import AuthenticatedClient
from jobtrail_api.models import Form, Status


def main(url, token, job):
    """Lists with filters, shows, cancels, asks for results and the definition."""
    api = AuthenticatedClient(base_url=url, token=token, raise_on_unexpected_status=True)
    listed = get_jobs.sync(client=api, status=[Status.RUNNING, Status.FAILED], process_id=["Load"], q="b", sortby="jobID")
    odd = get_jobs.sync(client=api, process_id=["Odd\\, type/é"])
    shown = get_status.sync("run", client=api, f=Form.JSON)
    asked = request_cancel.sync(job, client=api, idempotency_key=str(uuid.uuid4()))
    again = request_cancel.sync(job, client=api)
    dismissed = dismiss.sync(job, client=api)
    result = get_result.sync_detailed("good", client=api)
    json.dump({
        "listed": [each.job_id for each in listed.jobs], "odd": [each.job_id for each in odd.jobs],
        "job": [shown.job_id, shown.status.value, shown.progress],
        "dots": get_status.sync("~..", client=api).job_id,
        "missing": get_status.sync("none", client=api).status,
        "cancelled": [asked.decision.value, again.reason_code, dismissed.cancelling.value],
        "request": get_cancel_request.sync(job, asked.request_id, client=api).outcome.value,
        "result": result.headers["Location"],
        "openapi": get_api.sync(client=api, f=Form.JSON).additional_properties["openapi"],
    }, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
