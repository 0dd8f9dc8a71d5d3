// SPDX-License-Identifier: Apache-2.0

// A job of ada's that counts to 100: job BOOTSTRAP EVENTS COMMANDS REGISTRY JOB SECONDS
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/hamba/avro/v2"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sr"
)

var (
	bootstrap, events, commands, job = os.Args[1], os.Args[2], os.Args[3], os.Args[5]
	background                       = context.Background()
	patient                          = &http.Client{Timeout: time.Minute} // a registry may be busy
	registry                         = must(sr.NewClient(sr.URLs(os.Args[4]), sr.HTTPClient(patient)))
	schemas                          = map[string]sr.SubjectSchema{} // asked for once
	kafka                            = must(kgo.NewClient(kgo.SeedBrokers(bootstrap), kgo.ConsumeTopics(commands)))
	framing                          sr.ConfluentHeader
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func emit(record string, more map[string]any) {
	event := map[string]any{"event_id": uuid.NewString(), "organization_id": "acme", "job_id": job, "attempt": 1,
		"occurred_at": time.Now()}
	for name, value := range more {
		event[name] = value
	}
	schema, known := schemas[record]
	if !known {
		schema = must(registry.SchemaByVersion(background, "jobtrail.v1."+record, -1))
		schemas[record] = schema
	}
	value := must(framing.AppendEncode(nil, schema.ID, nil))
	value = append(value, must(avro.Marshal(avro.MustParse(schema.Schema.Schema), event))...)
	must(0, kafka.ProduceSync(background, &kgo.Record{Topic: events, Key: []byte(job), Value: value}).FirstErr())
}

func commandForMe() (mine map[string]any) {
	kafka.PollFetches(nil).EachRecord(func(record *kgo.Record) {
		id, value, err := framing.DecodeID(record.Value)
		if err != nil {
			log.Print("no command that I know: ", err)
			return
		}
		schema, command := must(registry.SchemaByID(background, id)), map[string]any{}
		if err := avro.Unmarshal(avro.MustParse(schema.Schema), value, &command); err != nil {
			log.Print("no command that I know: ", err)
		} else if command["organization_id"] == "acme" && command["job_id"] == job && command["attempt"] == 1 {
			mine = command
		}
	})
	return mine
}

func main() {
	pause := must(time.ParseDuration(os.Args[6] + "s"))
	emit("JobCreated", map[string]any{"type": "Count", "creator_id": "ada"})
	emit("JobStarted", nil)
	for percent := 1; percent <= 100; percent++ {
		time.Sleep(pause) // here a real job works
		emit("JobProgressed", map[string]any{"progress": percent})
		if command := commandForMe(); command != nil {
			emit("JobCancelled", map[string]any{"command_id": command["command_id"]})
			return
		}
	}
	emit("JobSucceeded", nil)
}
