// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/hamba/avro/v2"
	"github.com/twmb/franz-go/pkg/kgo"
)

// state is JobState.avsc. Its times are texts: of those that Debezium's sink knows as times, only these
// come through whole when it writes a batch by one statement.
type state struct {
	CreatedAt      *string `avro:"created_at"`
	StartedAt      *string `avro:"started_at"`
	FinishedAt     *string `avro:"finished_at"`
	UpdatedAt      string  `avro:"updated_at"`
	Attempt        int32   `avro:"attempt"`
	Status         int32   `avro:"status"`
	Progress       *int32  `avro:"progress"`
	Cancellable    *bool   `avro:"cancellable"`
	JobID          string  `avro:"job_id"`
	OrganizationID string  `avro:"organization_id"`
	Type           *string `avro:"type"`
	CreatorID      *string `avro:"creator_id"`
	Message        *string `avro:"message"`
	ErrorCode      *string `avro:"error_code"`
	ErrorDetail    *string `avro:"error_detail"`
	ResultURI      *string `avro:"result_uri"`
}

// writeStates makes of a topic's events another topic, with all of the row after each: the same
// number of records in the same partitions, in Confluent's framing.
func writeStates(set *settings, events int) error {
	schema, id, err := register(set)
	if err != nil {
		return err
	}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(set.brokers),
		kgo.ConsumeTopics(set.topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchCompression(kgo.NoCompression()), // as the events are
	)
	if err != nil {
		return err
	}
	defer client.Close()
	d, err := newDecoder(set.schemas)
	if err != nil {
		return err
	}
	rows := newBatch()
	for rows.events < events {
		fetches := client.PollFetches(context.Background())
		if err := fetches.Err(); err != nil {
			return err
		}
		for record := range fetches.RecordsAll() {
			made, err := stateAfter(record, d, rows, schema, id)
			if err != nil {
				return err
			}
			made.Topic, made.Partition = set.states, record.Partition
			client.Produce(context.Background(), made, func(_ *kgo.Record, err error) {
				if err != nil {
					fail(err)
				}
			})
		}
	}
	return client.Flush(context.Background())
}

// register has the registry know the schema of states; returns it with its number there.
func register(set *settings) (avro.Schema, uint32, error) {
	text, err := os.ReadFile(set.stateSchema)
	if err != nil {
		return nil, 0, err
	}
	question, err := json.Marshal(map[string]string{"schema": string(text)})
	if err != nil {
		return nil, 0, err
	}
	answer, err := http.Post(set.registry+"/subjects/"+set.states+"-value/versions",
		"application/vnd.schemaregistry.v1+json", bytes.NewReader(question))
	if err != nil {
		return nil, 0, err
	}
	defer answer.Body.Close()
	var told struct{ ID uint32 }
	if err = json.NewDecoder(answer.Body).Decode(&told); err != nil || told.ID == 0 {
		return nil, 0, fmt.Errorf("the registry answered %s: %w", answer.Status, err)
	}
	schema, err := parse(text)
	return schema, told.ID, err
}

func stateAfter(record *kgo.Record, d *decoder, rows *batch, schema avro.Schema, id uint32) (*kgo.Record, error) {
	what, event, err := d.decode(record.Value)
	if err != nil {
		return nil, err
	}
	rows.fold(what, event)
	r := &rows.rows[rows.places[jobKey{event.JobID, event.OrganizationID}]]
	value, err := avro.Marshal(schema, stateOf(r))
	if err != nil {
		return nil, err
	}
	framed := binary.BigEndian.AppendUint32([]byte{0}, id)
	return &kgo.Record{Key: record.Key, Value: append(framed, value...)}, nil
}

func stateOf(r *row) *state {
	s := &state{
		UpdatedAt: *timeOf(r.updatedAt), Attempt: r.attempt, Status: int32(r.status),
		JobID: r.key.jobID, OrganizationID: r.key.organizationID,
		CreatedAt: timeOf(r.createdAt), StartedAt: timeOf(r.startedAt), FinishedAt: timeOf(r.finishedAt),
		Type: pointer(r.kind), CreatorID: pointer(r.creatorID), Message: pointer(r.message),
		ErrorCode: pointer(r.errorCode), ErrorDetail: pointer(r.errorDetail), ResultURI: pointer(r.resultURI),
	}
	if r.progress != noProgress {
		progress := int32(r.progress)
		s.Progress = &progress
	}
	if r.createdAt != noTime {
		s.Cancellable = &r.cancellable
	}
	return s
}

func timeOf(microseconds int64) *string {
	if microseconds == noTime {
		return nil
	}
	text := time.UnixMicro(microseconds).UTC().Format(time.RFC3339Nano)
	return &text
}

func pointer(value text) *string {
	if !value.known {
		return nil
	}
	return &value.text
}
