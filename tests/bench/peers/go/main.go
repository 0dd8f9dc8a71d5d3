// SPDX-License-Identifier: Apache-2.0

// The hand-written consumer that Jobtrail is measured against: it reads job events of one topic,
// folds them batch by batch and upserts one row a job. At least once: rows are committed before
// offsets, and what comes twice changes nothing.
//
//	peer -topic NAME -group NAME -schemas FOLDER
//
// With -states NAME -events N -state-schema FILE it writes no rows but, into that topic, all of a row after
// each of the N events, for sinks that fold nothing; JOBTRAIL_SCHEMA_REGISTRY_URL gets the schema.
//
// JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS and JOBTRAIL_POSTGRES_CONNINFO say where. It prints the number of
// events of each batch that it has written, and ends at SIGTERM.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/twmb/franz-go/pkg/kgo"
)

type settings struct {
	topic, group, schemas, states, stateSchema string
	brokers, registry, conninfo                string
}

// workers are those of the partitions that the group has given us.
type workers struct {
	sync.Mutex
	of map[int32]*worker
}

func fail(err error) { log.Fatal("peer: ", err) }

func main() {
	log.SetFlags(0)
	set := settings{
		brokers:  os.Getenv("JOBTRAIL_KAFKA_BOOTSTRAP_SERVERS"),
		registry: os.Getenv("JOBTRAIL_SCHEMA_REGISTRY_URL"),
		conninfo: os.Getenv("JOBTRAIL_POSTGRES_CONNINFO"),
	}
	flag.StringVar(&set.topic, "topic", "", "the topic of events")
	flag.StringVar(&set.group, "group", "", "the consumer group")
	flag.StringVar(&set.schemas, "schemas", "", "the folder of schemas/avro")
	flag.StringVar(&set.states, "states", "", "the topic of states")
	flag.StringVar(&set.stateSchema, "state-schema", "", "JobState.avsc")
	events := flag.Int("events", 0, "how many the topic has")
	flag.Parse()
	if set.states == "" {
		consume(&set)
	} else if err := writeStates(&set, *events); err != nil {
		fail(err)
	}
}

func consume(set *settings) {
	stopped, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	of := workers{of: map[int32]*worker{}}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(set.brokers),
		kgo.ConsumeTopics(set.topic),
		kgo.ConsumerGroup(set.group),
		kgo.ConsumeStartOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsAssigned(func(_ context.Context, client *kgo.Client, given map[string][]int32) {
			of.start(set, client, given[set.topic])
		}),
		kgo.OnPartitionsRevoked(func(_ context.Context, _ *kgo.Client, taken map[string][]int32) {
			of.stop(taken[set.topic])
		}),
		kgo.OnPartitionsLost(func(_ context.Context, _ *kgo.Client, taken map[string][]int32) {
			of.stop(taken[set.topic])
		}),
		kgo.WithPools(newPools()),
	)
	if err != nil {
		fail(err)
	}
	for of.poll(stopped, client) {
		client.AllowRebalance()
	}
	client.CloseAllowingRebalance()
}

func (of *workers) start(set *settings, client *kgo.Client, partitions []int32) {
	of.Lock()
	defer of.Unlock()
	for _, partition := range partitions {
		worker, err := startWorker(context.Background(), set, client, set.topic, partition)
		if err != nil {
			fail(err)
		}
		of.of[partition] = worker
	}
}

func (of *workers) stop(partitions []int32) {
	of.Lock()
	defer of.Unlock()
	for _, partition := range partitions {
		if worker := of.of[partition]; worker != nil {
			worker.stop()
			delete(of.of, partition)
		}
	}
}

// poll returns false once the program is to end.
func (of *workers) poll(ctx context.Context, client *kgo.Client) bool {
	fetches := client.PollFetches(ctx)
	if ctx.Err() != nil {
		return false
	}
	fetches.EachError(func(_ string, _ int32, err error) {
		if !errors.Is(err, context.Canceled) {
			fail(err)
		}
	})
	of.Lock()
	defer of.Unlock()
	fetches.EachPartition(func(p kgo.FetchTopicPartition) {
		if worker := of.of[p.Partition]; worker != nil && len(p.Records) > 0 {
			worker.runs <- p.Records
		}
	})
	return true
}
