# SPDX-License-Identifier: Apache-2.0
"""ogc-api-processes-client asks the API: processes_client.py URL TOKEN JOB. Prints what it saw as JSON."""
import json
import sys

import ogc_api_processes_client as client
from ogc_api_processes_client.exceptions import NotFoundException


def main(url, token, job):
    """What it has of the API, and one job dismissed."""
    api = client.ApiClient(client.Configuration(host=url), "Authorization", f"Bearer {token}")
    status = client.StatusApi(api)
    shown = status.get_status("run")
    dismissed = client.DismissApi(api).dismiss_with_http_info(job)
    try:
        missing = status.get_status("none").job_id
    except NotFoundException as problem:
        missing = problem.status
    json.dump({
        "title": client.CapabilitiesApi(api).get_landing_page().title,
        "conforms": client.ConformanceDeclarationApi(api).get_conformance_classes().conforms_to,
        "types": sorted(each.id for each in client.ProcessListApi(api).get_processes().processes),
        "type": client.ProcessDescriptionApi(api).get_process_description("Load").id,
        "jobs": len(client.JobListApi(api).get_jobs().jobs),
        "job": [shown.job_id, shown.status.value, shown.progress],
        "dots": status.get_status("~..").job_id, "odd": status.get_status("a/b c?d#e%é").job_id,
        "missing": missing, "cancelled": dismissed.status_code,
    }, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
