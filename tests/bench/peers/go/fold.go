// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"slices"
)

// As schema.sql numbers them.
const (
	statusAccepted   = 0
	statusRunning    = 1
	statusSuccessful = 2
	statusFailed     = 3
	statusDismissed  = 4
)

const (
	noTime     = 0 // of a time in microseconds since 1970: not known
	noProgress = -1
	wholly     = 100 // progress of what succeeded
)

type jobKey struct{ jobID, organizationID string }

// row is what the events of a batch say of one job. Texts that are null are absent.
type row struct {
	key                                                    jobKey
	createdAt, startedAt, finishedAt, updatedAt, messageAt int64
	attempt                                                int32
	status, progress                                       int16
	cancellable                                            bool
	kind, creatorID, message                               text
	errorCode, errorDetail, resultURI                      text
}

type text struct {
	text  string
	known bool
}

func textOf(pointer *string) text {
	if pointer == nil {
		return text{}
	}
	return text{*pointer, true}
}

// batch folds events into one row a job. Emptied it keeps its memory.
type batch struct {
	rows   []row
	places map[jobKey]int32 // in rows
	order  []int32          // of rows, by key, once sorted
	events int
}

func newBatch() *batch { return &batch{places: map[jobKey]int32{}} }

func (b *batch) empty() {
	clear(b.rows) // their texts can go
	b.rows, b.order, b.events = b.rows[:0], b.order[:0], 0
	clear(b.places)
}

func (b *batch) fold(what kind, e *event) {
	b.events++
	r := b.rowOf(jobKey{e.JobID, e.OrganizationID}, e)
	r.updatedAt = max(r.updatedAt, e.OccurredAt)
	if what == created && (r.createdAt == noTime || e.OccurredAt < r.createdAt) {
		r.createdAt, r.cancellable = e.OccurredAt, e.Cancellable
		r.kind, r.creatorID = text{e.Type, true}, textOf(e.CreatorID)
	}
	if e.Attempt > r.attempt {
		r.restart(e.Attempt)
	}
	if e.Attempt == r.attempt {
		r.run(what, e)
	}
	if e.Message != nil && e.OccurredAt >= r.messageAt {
		r.message, r.messageAt = text{*e.Message, true}, e.OccurredAt
	}
}

// rowOf returns a pointer that is good until the next call.
func (b *batch) rowOf(key jobKey, e *event) *row {
	place, known := b.places[key]
	if !known {
		place = int32(len(b.rows))
		b.places[key] = place
		b.rows = append(b.rows, row{key: key, attempt: e.Attempt, progress: noProgress})
	}
	return &b.rows[place]
}

func (r *row) restart(attempt int32) {
	r.attempt, r.status, r.progress = attempt, statusAccepted, noProgress
	r.startedAt, r.finishedAt = noTime, noTime
	r.errorCode, r.errorDetail, r.resultURI = text{}, text{}, text{}
}

// run takes in what an event says of the row's attempt. Of two ends the first counts.
func (r *row) run(what kind, e *event) {
	switch what {
	case started:
		r.status = max(r.status, statusRunning)
		if r.startedAt == noTime || e.OccurredAt < r.startedAt {
			r.startedAt = e.OccurredAt
		}
	case progressed:
		r.status = max(r.status, statusRunning)
		r.progress = max(r.progress, int16(e.Progress))
	case succeeded:
		if r.end(statusSuccessful, e) {
			r.progress, r.resultURI = wholly, textOf(e.ResultURI)
		}
	case failed:
		if r.end(statusFailed, e) {
			r.errorCode, r.errorDetail = textOf(e.ErrorCode), textOf(e.ErrorDetail)
		}
	case cancelled:
		r.end(statusDismissed, e)
	}
}

func (r *row) end(status int16, e *event) bool {
	if r.finishedAt != noTime && r.finishedAt <= e.OccurredAt {
		return false
	}
	r.status, r.finishedAt = status, e.OccurredAt
	return true
}

// sort puts the rows into the order of the primary key: two workers that write rows of the same jobs
// then lock them in the same order, and the index is walked in one direction.
func (b *batch) sort() {
	for place := range b.rows {
		b.order = append(b.order, int32(place))
	}
	slices.SortFunc(b.order, func(left, right int32) int {
		l, r := &b.rows[left].key, &b.rows[right].key
		if by := cmp.Compare(l.jobID, r.jobID); by != 0 {
			return by
		}
		return cmp.Compare(l.organizationID, r.organizationID)
	})
}
