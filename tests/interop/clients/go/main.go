// SPDX-License-Identifier: Apache-2.0

// A client that oapi-codegen generated, as the package api, asks the API: main URL TOKEN JOB. Prints
// what it saw as JSON.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"

	"jobtrail.example/client/api"
)

func main() {
	url, token, job := os.Args[1], os.Args[2], os.Args[3]
	ask := context.Background()
	client, err := api.NewClientWithResponses(url,
		api.WithHTTPClient(&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}}),
		api.WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
			request.Header.Set("Authorization", "Bearer "+token)
			return nil
		}))
	must(err)
	seen := map[string]any{}
	look(ask, client, seen)
	cancel(ask, client, job, seen)
	result, err := client.GetResultWithResponse(ask, "good", nil)
	must(err)
	seen["result"] = result.HTTPResponse.Header.Get("Location")
	form := api.FormJson
	definition, err := client.GetApiWithResponse(ask, &api.GetApiParams{F: &form})
	must(err)
	var text struct{ Openapi string }
	must(json.Unmarshal(definition.Body, &text))
	seen["openapi"] = text.Openapi
	must(json.NewEncoder(os.Stdout).Encode(seen))
}

// Lists with filters, and shows.
func look(ask context.Context, client *api.ClientWithResponses, seen map[string]any) {
	statuses := []api.Status{api.Running, api.Failed}
	types, text, order := []string{"Load"}, "b", "jobID"
	listed, err := client.GetJobsWithResponse(ask,
		&api.GetJobsParams{Status: &statuses, ProcessID: &types, Q: &text, Sortby: &order})
	must(err)
	seen["listed"] = ids(listed)
	odd, err := client.GetJobsWithResponse(ask, &api.GetJobsParams{ProcessID: &[]string{`Odd\, type/é`}})
	must(err)
	seen["odd"] = ids(odd)
	shown, err := client.GetStatusWithResponse(ask, "run", nil)
	must(err)
	seen["job"] = []any{shown.JSON200.JobID, shown.JSON200.Status, shown.JSON200.Progress}
	dots, err := client.GetStatusWithResponse(ask, "~..", nil)
	must(err)
	seen["dots"] = dots.JSON200.JobID
	missing, err := client.GetStatusWithResponse(ask, "none", nil)
	must(err)
	seen["missing"] = missing.ApplicationproblemJSON404.Status
}

// Asks for a job's end in each way there is.
func cancel(ask context.Context, client *api.ClientWithResponses, job string, seen map[string]any) {
	why := "no longer needed"
	asked, err := client.RequestCancelWithResponse(ask, job, nil, api.RequestCancelJSONRequestBody{Reason: &why})
	must(err)
	again, err := client.RequestCancelWithBodyWithResponse(ask, job, nil, "application/json", nil)
	must(err)
	dismissed, err := client.DismissWithResponse(ask, job, nil)
	must(err)
	dismissedJob, err := dismissed.JSON202.AsStatusInfo()
	must(err)
	seen["cancelled"] = []any{asked.JSON202.Decision, again.JSON202.ReasonCode, dismissedJob.Cancelling}
	request, err := client.GetCancelRequestWithResponse(ask, job, asked.JSON202.RequestID, nil)
	must(err)
	seen["request"] = request.JSON200.Outcome
}

func ids(answer *api.GetJobsResponse) []string {
	found := []string{}
	for _, job := range answer.JSON200.Jobs {
		found = append(found, job.JobID)
	}
	return found
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
